import FreshetCore
import Glibc
import PostgresLink

/// What workers can't apply: records that nobody can read, and rows that can't be read for a while. Of one thread.
final class ChaosPoison {
    /// The read model of a match asks it, as a lock that isn't to be had in time would answer.
    static let preparation = """
        create table chaos_busy (id bigint primary key);
        create function chaos_is_free(wanted bigint) returns boolean stable language plpgsql as $$
        begin
            if exists (select from chaos_busy where id = wanted) then
                raise exception 'match % is busy', wanted using errcode = '55P03';
            end if;
            return true;
        end $$
        """
    static let relief = "delete from chaos_busy"
    /// Microseconds.
    private static let busyTime: UInt32 = 400_000

    private let crew: ChaosCrew
    private let address: ChaosPostgres.Address
    private let announcer: ChaosAnnouncer
    private let league: ChaosLeague

    init(_ crew: ChaosCrew, _ address: ChaosPostgres.Address, _ announcer: ChaosAnnouncer, league: ChaosLeague) {
        self.crew = crew
        self.address = address
        self.announcer = announcer
        self.league = league
    }

    /// The graph of a run that has busy rows.
    static func graph(_ text: String) -> String {
        text.replacing(
            "from rm_match where id = any($1)", with: "from rm_match where id = any($1) and chaos_is_free(id)")
    }

    func step(_ random: inout SplitMix) {
        switch Int.random(in: 0..<80, using: &random) {
        case 0:
            crew.count { $0.poison += 1 }
            announcer.send(ChaosEvent(poison: Int.random(in: 0..<3, using: &random), number: league.match(&random)))
        case 1: makeBusy(league.match(&random))
        default: break
        }
    }

    private func makeBusy(_ match: Int64) {
        let now = address.now
        let connection = PostgresConnection(
            ChaosPostgres.Address.settings(now.port, name: "poison"), access: .readWrite)
        defer { connection.close() }
        do throws(Fault) {
            try connection.execute("insert into chaos_busy values (\(match)) on conflict do nothing")
            let change = LeagueChange.kickoff(match: match)
            announcer.send(ChaosEvent(change, version: try change.perform(connection)))
            usleep(Self.busyTime)
            try connection.execute("delete from chaos_busy where id = \(match)")
            crew.count { $0.busy += 1 }
        } catch {
            // The next rest relieves it.
            crew.complain("a row could not be made busy: \(error.message)")
        }
    }
}
