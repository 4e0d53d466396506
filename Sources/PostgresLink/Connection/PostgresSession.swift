import FreshetCore

/// A connection that stands, with its settings checked, and what was prepared on it.
final class PostgresSession {
    let handle: PostgresHandle
    let pins: SessionPins
    private let settings: PostgresSettings
    /// pg_control_system() reads a file, so it is asked once; behind a pooler the server may change meanwhile.
    private(set) var system: UInt64?
    private var prepared: Set<String> = []
    /// Sent in this round trip and not yet confirmed: a second query of the same statement must not prepare it again.
    private var unconfirmed: Set<String> = []
    private var planning: Planning?

    /// When the server plans what was prepared. Left to itself it decides after five times, by a guess of ten ids a
    /// query.
    enum Planning: String {
        case once = "force_generic_plan"
        case eachTime = "force_custom_plan"
    }

    init(_ settings: PostgresSettings, isReadOnly: Bool) throws(Fault) {
        self.settings = settings
        pins = SessionPins(settings, isReadOnly: isReadOnly)
        let deadline = Deadline(milliseconds: settings.connectTimeout)
        handle = try PostgresHandle(ConnectionFields(settings, isReadOnly: isReadOnly))
        try handle.connect(deadline)
        try check(deadline)
    }

    /// Refuses a server in recovery, and one (or a pooler) that didn't take our settings.
    private func check(_ deadline: Deadline) throws(Fault) {
        let place = handle.place
        guard handle.serverVersion >= 130_000 else {
            throw Fault(
                .postgres, .sqlState("0A000"),
                "\(place): PostgreSQL 13 or newer is needed, this is version number \(handle.serverVersion)")
        }
        let state = try rows("select pg_is_in_recovery()::text", deadline, doing: "look at \(place)")
        guard state.first?.first == "false" else { throw HistoryProbe.notPrimary(place) }
        guard !settings.isPooled else { return }
        var shown: [String: String] = [:]
        for row in try rows(pins.showStatement, deadline, doing: "check the session's settings") {
            if row.count == 2, let name = row[0], let value = row[1] { shown[name] = value }
        }
        if let difference = pins.difference(from: shown) {
            throw Fault(
                .postgres, .sqlState("55000"),
                "\(place): the session's \(difference): is a pooler in between? Then set `pooled: true`")
        }
        let answer = try rows(
            "select system_identifier::text from pg_control_system()", deadline, doing: "ask for the system identifier")
        system = answer.first?.first.flatMap { $0 }.flatMap { UInt64($0) }
    }

    /// One statement's rows as text, outside of a pipeline.
    func rows(
        _ sql: String, _ deadline: Deadline, doing what: String, _ parameters: [String?] = []
    ) throws(Fault) -> [[String?]] {
        try handle.setPipelined(false)
        var buffer = ParameterBuffer()
        for parameter in parameters { buffer.append(text: parameter) }
        var answer: [[String?]] = []
        let trip = RoundTrip(handle, deadline, labels: [what]) { (_, _, result) throws(Fault) in
            for row in 0..<result.rows {
                answer.append((0..<result.columns).map { result.text(row, $0) })
            }
        }
        try trip.add(.answer, unit: 0) { (what) throws(Fault) in
            try handle.send(sql, buffer, binary: false, doing: what)
        }
        if let fault = trip.faults[0] { throw fault }
        return answer
    }

    /// For what follows in this session. Behind a pooler nothing is prepared, and so everything is planned each time.
    func plan(_ wanted: Planning, in trip: RoundTrip) throws(Fault) {
        guard wanted != planning, !settings.isPooled else { return }
        planning = nil
        try trip.add(.helper, unit: 0) { (what) throws(Fault) in
            try handle.send("set plan_cache_mode = \(wanted.rawValue)", binary: false, doing: what)
        }
        // An error of what follows would take it back.
        try trip.sync(unit: 0)
        planning = wanted
    }

    /// Adds one statement to a round trip; prepared where it has a name and the session is ours. It is a unit of its
    /// own, or where it doesn't end with a sync, one that fails with what follows.
    func add(
        _ sql: String, name: String?, _ parameters: ParameterBuffer, unit: Int, to trip: RoundTrip, ends: Bool = true
    ) throws(Fault) {
        try begin(unit: unit, in: trip)
        if let name, !settings.isPooled {
            if prepared.insert(name).inserted {
                unconfirmed.insert(name)
                try trip.add(.prepare, unit: unit) { (what) throws(Fault) in
                    try handle.prepare(name, sql, types: parameters.types, doing: what)
                }
            }
            try trip.add(.answer, unit: unit) { (what) throws(Fault) in
                try handle.sendPrepared(name, parameters, doing: what)
            }
        } else {
            try trip.add(.answer, unit: unit) { (what) throws(Fault) in
                try handle.send(sql, parameters, binary: true, doing: what)
            }
        }
        if ends { try end(unit: unit, in: trip) }
    }

    /// Behind a pooler only a transaction stays on one server, so the settings are made in it.
    func begin(unit: Int, in trip: RoundTrip) throws(Fault) {
        guard settings.isPooled else { return }
        for helper in ["begin read only", pins.localStatement] {
            try trip.add(.helper, unit: unit) { (what) throws(Fault) in
                try handle.send(helper, binary: false, doing: what)
            }
        }
    }

    func end(unit: Int, in trip: RoundTrip) throws(Fault) {
        try trip.sync(unit: unit)
        guard settings.isPooled else { return }
        try trip.add(.helper, unit: unit) { (what) throws(Fault) in
            try handle.send("rollback", binary: false, doing: what)
        }
        try trip.sync(unit: unit)
    }

    func didPrepare(_ name: String) { unconfirmed.remove(name) }

    /// At the end of a round trip: what wasn't confirmed failed, and is prepared again next time.
    func settle() {
        prepared.subtract(unconfirmed)
        unconfirmed.removeAll()
    }
}
