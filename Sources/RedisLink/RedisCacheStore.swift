import FreshetCore

/// The cache behind its scripts. One per lane or command, used from one thread; its functions block that thread.
package final class RedisCacheStore: CacheStore {
    private enum Asked {
        case nothing
        case sent
        case answered(RedisReply)
    }

    package let settings: RedisSettings
    package let record: String
    let group: String
    let pendingLimit: Int
    let touchBounds: TouchBounds
    /// Whose tickets are asked for, and whose checkpoints are set; empty: whichever graph works with the cache.
    let graph: String
    private var connection: RedisConnection?
    /// What `SCRIPT LOAD` named each script; by `Script.rawValue`.
    private var names: [[UInt8]] = []
    private var asked = Asked.nothing
    /// Replies to come that nobody waits for; a ticket's comes before them.
    private var unread = 0
    var commands = CommandBuffer()

    /// Connects at its first call. `graph` is the caller's, as `GraphPrints` names it.
    /// `pendingLimit` is the most pending entries that the control record may hold.
    package init(
        settings: RedisSettings, namespace: Graph.Namespace, group: String, pendingLimit: Int, graph: String = "",
        touchBounds: TouchBounds = TouchBounds()
    ) {
        self.settings = settings
        self.record = ControlField.recordKey(namespace)
        self.group = group
        self.pendingLimit = pendingLimit
        self.touchBounds = touchBounds
        self.graph = graph
    }

    package func requestTicket() async throws(Fault) {
        try guarded { () throws(Fault) in
            let connection = try open()
            // That one was asked for by a batch that is gone: what this one tells of may have happened since.
            if case .sent = asked { unread += 1 }
            if unread > 0 { _ = try connection.receive(unread) }
            (asked, unread) = (.nothing, 0)
            commands.removeAll()
            beginTicket()
            try connection.post(commands)
            asked = .sent
        }
    }

    package func removeAhead(_ keys: ByteArena) async throws(Fault) {
        if keys.isEmpty { return }
        try guarded { () throws(Fault) in
            let connection = try open()
            commands.removeAll()
            appendRemovals(keys)
            unread += commands.count
            try connection.post(commands)
        }
    }

    package func ticket() async throws(Fault) -> Ticket? {
        if case .nothing = asked { try await requestTicket() }
        var reply = try guarded { () throws(Fault) -> RedisReply in
            if case .answered(let reply) = asked { return reply }
            return try open().receive(1)[0]
        }
        asked = .nothing
        if isNoScript(reply) { reply = try call(.ticket, { beginTicket() }) }
        if reply == .null { return nil }
        guard let parts = reply.elements, parts.count == 4, let process = parts[0].text,
            let incarnation = parts[1].text, let number = parts[2].int,
            let history = parts[3].text.flatMap({ History($0) })
        else { throw unexpected(reply, to: "ticket.lua") }
        return Ticket(number: number, process: process, incarnation: incarnation, history: history)
    }

    package func scan(
        pattern: String, cursor: UInt64, count: Int
    ) async throws(Fault) -> (cursor: UInt64, keys: [[UInt8]]) {
        // The control record and the leases match a wide pattern as well, and are no entity's keys.
        let page = try scanAll(pattern: pattern, cursor: cursor, count: count)
        return (page.cursor, page.keys.filter { !ControlField.isReserved($0, record: record) })
    }

    /// One step of SCAN over every key that matches, whatever it is.
    package func scanAll(
        pattern: String, cursor: UInt64, count: Int
    ) throws(Fault) -> (cursor: UInt64, keys: [[UInt8]]) {
        commands.removeAll()
        commands.command(["SCAN", "\(cursor)", "MATCH", pattern, "COUNT", "\(count)"])
        let reply = try exchange()[0]
        guard let parts = reply.elements, parts.count == 2, let next = parts[0].text.flatMap({ UInt64($0) }),
            let keys = parts[1].elements
        else { throw unexpected(reply, to: "SCAN") }
        return (next, keys.compactMap(\.bytes))
    }

    package func get(_ keys: [[UInt8]]) async throws(Fault) -> [[UInt8]?] {
        if keys.isEmpty { return [] }
        commands.removeAll()
        commands.command([Array("MGET".utf8)] + keys)
        let reply = try exchange()[0]
        guard let values = reply.elements, values.count == keys.count else { throw unexpected(reply, to: "MGET") }
        return values.map(\.bytes)
    }

    package func recall(_ edge: [UInt8], _ children: [[UInt8]]) async throws(Fault) -> [[UInt8]?] {
        if children.isEmpty { return [] }
        commands.removeAll()
        commands.command([Array("HMGET".utf8), edge] + children)
        let reply = try exchange()[0]
        guard let entries = reply.elements, entries.count == children.count else {
            throw unexpected(reply, to: "HMGET")
        }
        return entries.map(\.bytes)
    }

    package func pending(dueBefore now: Int64, limit: Int) async throws(Fault) -> [Pending] {
        let reply = try call(.pending) {
            begin(.pending, keys: 1, arguments: 2)
            commands.add(record)
            commands.add(now)
            commands.add(limit)
        }
        guard let parts = reply.elements, parts.count % 3 == 0 else { throw unexpected(reply, to: "pending.lua") }
        var entries: [Pending] = []
        for index in stride(from: 0, to: parts.count, by: 3) {
            guard let id = parts[index].text, let due = parts[index + 1].int, let body = parts[index + 2].bytes
            else { throw unexpected(reply, to: "pending.lua") }
            entries.append(Pending(id: id, due: due, body: body))
        }
        return entries
    }

    /// Any command, for `doctor` and `invalidate`; an error reply is thrown as a `Fault`.
    package func command(_ arguments: [[UInt8]]) throws(Fault) -> RedisReply {
        commands.removeAll()
        commands.command(arguments)
        let reply = try exchange()[0]
        if case .error(let line) = reply { throw RedisFault.of(errorReply: line, from: settings.address) }
        return reply
    }

    package func command(_ arguments: String...) throws(Fault) -> RedisReply {
        try command(arguments.map { Array($0.utf8) })
    }
}

// What the seam's functions share.
extension RedisCacheStore {
    /// Begins a call of a script in `commands`; its keys and arguments must follow.
    func begin(_ script: Script, keys: Int, arguments: Int) {
        commands.begin(arguments: 3 + keys + arguments)
        commands.add("EVALSHA")
        // Before the first connection the names are unknown; `call` and `apply` open it first.
        commands.add(names.isEmpty ? [] : names[script.rawValue])
        commands.add(keys)
    }

    private func beginTicket() {
        begin(.ticket, keys: 1, arguments: 1)
        commands.add(record)
        commands.add(graph)
    }

    /// Calls one script, whose command `write` appends; loads the scripts and calls again where Redis forgot them.
    func call(_ script: Script, _ write: () -> Void) throws(Fault) -> RedisReply {
        for _ in 0..<3 {
            _ = try guarded { () throws(Fault) in try open() }
            commands.removeAll()
            write()
            let reply = try exchange()[0]
            if !isNoScript(reply) { return reply }
            try load()
        }
        throw RedisFault.of(.redis("NOSCRIPT"), "it forgets scripts as soon as they are loaded", at: settings.address)
    }

    func isNoScript(_ reply: RedisReply) -> Bool {
        if case .error(let line) = reply { line.hasPrefix("NOSCRIPT") } else { false }
    }

    func unexpected(_ reply: RedisReply, to what: String) -> Fault {
        RedisFault.unexpected(reply, to: what, at: settings.address)
    }

    /// Sends what stands in `commands` and answers its replies; an earlier ticket's reply is put aside.
    func exchange() throws(Fault) -> [RedisReply] {
        try guarded { () throws(Fault) in
            var replies = try open().exchange(commands)
            if case .sent = asked { asked = .answered(replies.removeFirst()) }
            replies.removeFirst(unread)
            unread = 0
            // It was demoted: connect anew, where the name may lead to the new master by then.
            for case .error(let line) in replies where line.hasPrefix("READONLY") { drop() }
            return replies
        }
    }

    /// The same; what is posted meanwhile is answered behind it, and nobody waits for that.
    func exchange(_ meanwhile: Meanwhile?) async throws(Fault) -> [RedisReply] {
        guard let meanwhile else { return try exchange() }
        let (connection, own) = try guarded { () throws(Fault) in
            let connection = try open()
            try connection.post(commands)
            return (connection, commands.count)
        }
        let before = unread
        unread = 0
        while try guarded({ () throws(Fault) in try connection.waits(beside: meanwhile.descriptor) }) {
            if await !meanwhile.act() { break }
        }
        return try guarded { () throws(Fault) in
            if case .sent = asked { asked = .answered(try connection.receive(1)[0]) }
            let replies = try connection.receive(before + own).dropFirst(before)
            for case .error(let line) in replies where line.hasPrefix("READONLY") { drop() }
            return Array(replies)
        }
    }

    func load() throws(Fault) {
        commands.removeAll()
        for script in Script.allCases {
            commands.begin(arguments: 3)
            commands.add("SCRIPT")
            commands.add("LOAD")
            commands.add(script.source)
        }
        names = try names(from: exchange())
    }

    /// The connection; a new one knows the scripts before anything else is sent on it.
    func open() throws(Fault) -> RedisConnection {
        if let connection, connection.isUsable { return connection }
        (asked, unread) = (.nothing, 0)
        let fresh = try RedisConnection(settings)
        var loading = CommandBuffer()
        for script in Script.allCases {
            loading.command([Array("SCRIPT".utf8), Array("LOAD".utf8), script.source])
        }
        names = try names(from: fresh.exchange(loading))
        connection = fresh
        return fresh
    }

    private func names(from replies: [RedisReply]) throws(Fault) -> [[UInt8]] {
        var names: [[UInt8]] = []
        for reply in replies {
            guard case .string(let name) = reply else { throw unexpected(reply, to: "SCRIPT LOAD") }
            names.append(name)
        }
        return names
    }

    private func drop() {
        connection = nil
        (asked, unread) = (.nothing, 0)
    }

    /// After a fault of the connection nothing of it is left, so that the next call connects again.
    func guarded<R>(_ body: () throws(Fault) -> R) throws(Fault) -> R {
        do throws(Fault) {
            return try body()
        } catch {
            if connection?.isUsable != true { drop() }
            throw error
        }
    }
}
