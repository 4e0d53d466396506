import FreshetCore

/// One connection: commands out, replies in, in order. Any `Fault` of the connection ends it: a reply that comes after
/// its time-out would answer the next command. Used from one thread.
package final class RedisConnection {
    package let settings: RedisSettings
    private let socket: RedisSocket
    private let reader: ReplyReader
    private let scratch: UnsafeMutableRawBufferPointer
    /// Replies that came before somebody asked for them.
    private var arrived: [RedisReply] = []
    private var owed = 0
    package private(set) var isUsable = true

    /// Connects, authenticates, selects the database, and refuses a replica: it could serve none of our calls.
    package init(_ settings: RedisSettings) throws(Fault) {
        let deadline = Deadline(milliseconds: settings.connectTimeout)
        self.settings = settings
        guard let reader = ReplyReader() else {
            throw RedisFault.of(.cannotConnect, "hiredis has no memory for a reader", at: settings.address)
        }
        self.reader = reader
        socket = try RedisSocket(settings, by: deadline)
        scratch = .allocate(byteCount: 65_536, alignment: 16)
        try handshake(by: deadline)
    }

    deinit { scratch.deallocate() }

    /// Sends commands whose replies are taken later, by `receive`.
    package func post(_ commands: CommandBuffer) throws(Fault) {
        try drive(commands, until: 0, by: Deadline(milliseconds: settings.commandTimeout))
    }

    /// The next `count` replies to what was posted.
    package func receive(_ count: Int) throws(Fault) -> [RedisReply] {
        try drive(CommandBuffer(), until: count, by: Deadline(milliseconds: settings.commandTimeout))
        return take(count)
    }

    /// Sends commands and waits for their replies and for all that are still owed from before, which come first.
    package func exchange(_ commands: CommandBuffer) throws(Fault) -> [RedisReply] {
        let all = owed + arrived.count + commands.count
        try drive(commands, until: all, by: Deadline(milliseconds: settings.commandTimeout))
        return take(all)
    }

    /// Waits for a reply's first bytes or for the other descriptor: true where it is that one's turn.
    package func waits(beside other: Int32) throws(Fault) -> Bool {
        guard isUsable else { throw RedisFault.of(.connectionLost, "the connection has ended", at: settings.address) }
        // Whoever reads the reply says that the time is over.
        return owed > 0 && socket.waits(beside: other, by: Deadline(milliseconds: settings.commandTimeout))
    }

    private func take(_ count: Int) -> [RedisReply] {
        defer { arrived.removeFirst(count) }
        return Array(arrived[..<count])
    }

    /// Writes everything and reads until `target` replies are there. It reads while it still writes: otherwise both
    /// sides could fill their buffers and wait for each other.
    private func drive(_ commands: CommandBuffer, until target: Int, by deadline: Deadline) throws(Fault) {
        guard isUsable else { throw RedisFault.of(.connectionLost, "the connection has ended", at: settings.address) }
        owed += commands.count
        do throws(Fault) {
            guard target <= owed + arrived.count else {
                throw RedisFault.of(.protocolViolation, "more replies wanted than asked for", at: settings.address)
            }
            try write(commands.bytes, thenUntil: target, by: deadline)
        } catch {
            isUsable = false
            throw error
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, thenUntil target: Int, by deadline: Deadline) throws(Fault) {
        var written = 0
        while written < bytes.count || arrived.count < target {
            let sent = written < bytes.count ? try socket.send(bytes, from: written) : 0
            written += sent
            let progress = try sent + read()
            if progress == 0 {
                _ = socket.wait(forWriting: written < bytes.count, by: deadline)
            }
            // Whatever drips in: the deadline is absolute.
            if deadline.hasPassed && (written < bytes.count || arrived.count < target) {
                throw RedisFault.of(.timeout, "no answer within its time-out", at: settings.address)
            }
        }
    }

    private func read() throws(Fault) -> Int {
        let count = try socket.receive(into: scratch)
        guard count > 0 else { return 0 }
        do throws(ReplyReader.Violation) {
            try reader.feed(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            while let reply = try reader.next() {
                arrived.append(reply)
                owed -= 1
            }
        } catch {
            throw RedisFault.of(.protocolViolation, error.description, at: settings.address)
        }
        guard owed >= 0 else {
            throw RedisFault.of(.protocolViolation, "a reply that nothing asked for", at: settings.address)
        }
        return count
    }

    private func handshake(by deadline: Deadline) throws(Fault) {
        var commands = CommandBuffer()
        if let password = settings.password {
            commands.command(["AUTH"] + (settings.username.map { [$0] } ?? []) + [password])
        }
        if settings.database != 0 { commands.command(["SELECT", "\(settings.database)"]) }
        commands.command(["ROLE"])
        // Last, because it is only a courtesy: its refusal is passed over.
        commands.command(["CLIENT", "SETNAME", settings.clientName])
        try drive(commands, until: commands.count, by: deadline)
        let replies = take(commands.count)
        for (index, reply) in replies.dropLast().enumerated() {
            guard case .error(let line) = reply else { continue }
            isUsable = false
            // A server that doesn't know AUTH would repeat its arguments, and with them the password.
            let isAuth = index == 0 && settings.password != nil
            throw RedisFault.of(
                errorReply: isAuth ? "\(line.prefix { $0 != " " }) (to AUTH)" : line, from: settings.address)
        }
        let role = replies[replies.count - 2].elements?.first?.text
        guard role == "master" else {
            isUsable = false
            throw RedisFault.of(
                errorReply:
                    "READONLY it is a \(role ?? "server that doesn't tell its role"), and only a master will do",
                from: settings.address)
        }
    }
}
