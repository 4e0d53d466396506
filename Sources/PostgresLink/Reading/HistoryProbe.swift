import FreshetCore

/// Which PostgreSQL answers: asked with every read, in front of its queries.
enum HistoryProbe {
    /// A role without any grant may call all of these functions. The timeline is in the name of the WAL file that is
    /// written now: after a promotion that is the new one at once, pg_control_checkpoint() only after a checkpoint.
    static func sql(withSystem: Bool) -> String {
        """
        select pg_is_in_recovery()::text, \
        case when pg_is_in_recovery() then null \
        else substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) end, \
        case when pg_is_in_recovery() then null else pg_current_wal_flush_lsn()::text end, \
        \(withSystem ? "(select system_identifier::text from pg_control_system())" : "null::text")
        """
    }

    static func parse(
        _ row: some RandomAccessCollection<String?>, system known: UInt64?, place: String
    ) throws(Fault) -> (history: History, flushed: UInt64) {
        let row = Array(row)
        guard row.count == 4, row[0] == "false" else { throw notPrimary(place) }
        let system = row[3].flatMap { UInt64($0) } ?? known
        guard let system, let timeline = row[1].flatMap({ UInt32($0, radix: 16) }),
            let flushed = row[2].flatMap(position)
        else {
            throw Fault(.postgres, .protocolViolation, "\(place) did not say which history it is")
        }
        return (History(system: system, timeline: timeline), flushed)
    }

    /// `16/B374D848` → the 64-bit position.
    static func position(_ text: String) -> UInt64? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let high = UInt32(parts[0], radix: 16), let low = UInt32(parts[1], radix: 16) else {
            return nil
        }
        return UInt64(high) << 32 | UInt64(low)
    }

    static func notPrimary(_ place: String) -> Fault {
        Fault(.postgres, .notPrimary, "\(place) is in recovery: a replica, or a primary that was demoted")
    }
}
