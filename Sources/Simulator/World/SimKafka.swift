import FreshetCore

/// A topic and its consumer group as the schedule plays them: offsets with holes, members that come, go and are taken
/// for dead, commits refused to those who are no longer members.
///
/// Confined to the playing thread, see `SimTime`.
final class SimKafka: @unchecked Sendable {
    struct Record {
        var offset: Int64
        var timestamp: Int64
        var value: [UInt8]?
        var key: [UInt8]
    }

    final class Member {
        let process: SimProcess
        var lastSeen: UInt64
        /// What the group says to it next.
        var events: [GroupEvent] = []
        var assigned: [Partition] = []
        /// Told to give up; joins again when it has.
        var isRevoking = false
        var generation = 0

        init(_ process: SimProcess, now: UInt64) {
            self.process = process
            lastSeen = now
        }
    }

    let topic: String
    let partitionCount: Int
    private(set) var logs: [[Record]]
    private(set) var ends: [Int64]
    private(set) var lows: [Int64]
    private(set) var committed: [Partition: Int64] = [:]
    private(set) var members: [Int: Member] = [:]
    private var generation = 0
    private var needsRebalance = false
    private(set) var letters: [Letter] = []
    /// Where records are that can only become letters.
    private(set) var poison: [Partition: Set<Int64>] = [:]
    private let time: SimTime
    private let sessionTimeout: UInt64

    init(topic: String, partitions: Int, sessionTimeout: UInt64, time: SimTime) {
        self.topic = topic
        self.time = time
        self.sessionTimeout = sessionTimeout
        partitionCount = partitions
        logs = Array(repeating: [], count: partitions)
        ends = Array(repeating: 0, count: partitions)
        lows = Array(repeating: 0, count: partitions)
    }

    var partitions: [Partition] { (0..<partitionCount).map { Partition(topic: topic, number: Int32($0)) } }

    // MARK: The log

    func append(_ partition: Int, key: [UInt8], value: [UInt8]?, isPoison: Bool = false) {
        let offset = ends[partition]
        if isPoison { poison[partitions[partition], default: []].insert(offset) }
        logs[partition].append(
            Record(offset: offset, timestamp: Int64(time.now / 1_000_000), value: value, key: key))
        ends[partition] += 1
    }

    /// A hole in the offsets, as compaction and transaction markers leave them.
    func skip(_ partition: Int) { ends[partition] += 1 }

    func records(_ partition: Int, from offset: Int64, limit: Int) -> [Record] {
        let log = logs[partition]
        let offset = max(offset, lows[partition])
        var low = 0
        var high = log.count
        while low < high {
            let middle = (low + high) / 2
            if log[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return Array(log[low..<min(log.count, low + limit)])
    }

    /// The topic forgets the records below this offset.
    func forget(_ partition: Int, below offset: Int64) {
        lows[partition] = max(lows[partition], min(offset, ends[partition]))
    }

    /// The newest record from before this time, in milliseconds, and all before it are below the answer.
    func offset(_ partition: Int, olderThan timestamp: Int64) -> Int64 {
        logs[partition].last { $0.timestamp < timestamp }.map { $0.offset + 1 } ?? lows[partition]
    }

    /// What somebody does to the offsets of a group that has no members; nil: they expire.
    func setCommitted(_ partition: Partition, _ offset: Int64?) { committed[partition] = offset }

    func send(_ letters: [Letter]) { self.letters.append(contentsOf: letters) }

    // MARK: The group

    func join(_ process: SimProcess) {
        members[process.number] = Member(process, now: time.now)
        needsRebalance = true
    }

    func leave(_ process: SimProcess) {
        if members.removeValue(forKey: process.number) != nil { needsRebalance = true }
    }

    /// The member asks what is new; this is its heartbeat as well.
    func poll(_ process: SimProcess) -> GroupEvent? {
        expel()
        guard let member = members[process.number] else {
            // It was taken for dead: it hears that everything is lost, and joins again.
            join(process)
            return .revoked(partitions, lost: true)
        }
        member.lastSeen = time.now
        rebalance()
        return member.events.isEmpty ? nil : member.events.removeFirst()
    }

    /// The member has given up what it was told to.
    func gaveUp(_ process: SimProcess) {
        guard let member = members[process.number], member.isRevoking else { return }
        member.isRevoking = false
        member.assigned = []
        rebalance()
    }

    func commit(_ offsets: [Partition: Int64], by process: SimProcess) -> Bool {
        expel()
        guard let member = members[process.number], member.generation == generation || member.isRevoking else {
            return false
        }
        for (partition, offset) in offsets where member.assigned.contains(partition) { committed[partition] = offset }
        return true
    }

    private func expel() {
        for (number, member) in members where time.now > member.lastSeen + sessionTimeout {
            members[number] = nil
            needsRebalance = true
        }
    }

    private func rebalance() {
        guard needsRebalance else { return }
        let holding = members.values.filter { !$0.assigned.isEmpty }
        if !holding.isEmpty {
            for member in holding where !member.isRevoking {
                member.isRevoking = true
                member.events.append(.revoked(member.assigned, lost: false))
            }
            return
        }
        needsRebalance = false
        generation += 1
        let order = members.keys.sorted()
        guard !order.isEmpty else { return }
        // Rotated with the generation, so that partitions change hands.
        for (index, partition) in partitions.enumerated() {
            members[order[(index + generation) % order.count]]?.assigned.append(partition)
        }
        for member in members.values {
            member.generation = generation
            member.events.append(.assigned(member.assigned))
        }
    }
}
