import FreshetCore

/// Breaks things while the application runs, and mends them at the end.
///
/// Confined to the playing thread, see `SimTime`.
final class Faults: @unchecked Sendable {
    private let world: SimWorld
    private let crew: Crew
    private let application: Application

    init(_ world: SimWorld, _ crew: Crew, _ application: Application) {
        self.world = world
        self.crew = crew
        self.application = application
    }

    func run() async {
        let time = world.time
        let possible = world.plan.faults.intersection(SimFault.sudden).sorted { $0.rawValue < $1.rawValue }
        guard !possible.isEmpty else { return }
        while !application.isFinished {
            await time.sleep(UInt64(5_000_000 + time.below(world.plan.calm * 1_000_000)))
            if application.isFinished { break }
            let fault = possible[time.below(possible.count)]
            world.note("fault \(fault.rawValue)")
            await play(fault)
        }
    }

    func strike(_ fault: SimFault, _ process: SimProcess?, _ executor: SimExecutor) {
        Task(executorPreference: executor) { [self] in await play(fault, process) }
    }

    private func play(_ fault: SimFault, _ process: SimProcess? = nil) async {
        let time = world.time
        switch fault {
        case .crash: crew.crash(process)
        case .stop: crew.pause(UInt64(50_000_000 + time.below(900_000_000)))
        case .rebalance: crew.joinOrLeave()
        case .deploy: await crew.deploy()
        case .offsetsExpired:
            crew.crashAll()
            for partition in world.kafka.partitions { world.kafka.setCommitted(partition, nil) }
        case .offsetsMoved:
            crew.crashAll()
            for partition in world.kafka.partitions {
                let (low, end) = (world.kafka.lows[Int(partition.number)], world.kafka.ends[Int(partition.number)])
                world.kafka.setCommitted(partition, low + Int64(time.below(Int(end - low) + 1)))
            }
        case .offsetsReset: order()
        case .retention: forget(onlyApplied: true)
        case .overrun: forget(onlyApplied: false)
        case .flush: world.redis.flush()
        case .restart: world.redis.restartEmpty()
        case .failover: world.redis.restartBehind(by: 1 + time.below(world.plan.lag))
        case .redisDown:
            world.redis.takeDown()
            await time.sleep(UInt64(time.below(100_000_000)))
            world.redis.bringUp()
        case .full:
            world.redis.fill(true)
            await time.sleep(UInt64(time.below(60_000_000)))
            world.redis.fill(false)
        case .databaseFailover:
            let old = world.database.primary
            world.database.failOver(losing: time.below(3))
            time.schedule(after: UInt64(time.below(world.plan.afterlife * 1_000_000))) { [world] in
                world.database.takeDown(old)
            }
        case .databaseDown:
            let server = world.database.primary
            world.database.takeDown(server)
            await time.sleep(UInt64(time.below(100_000_000)))
            if server == world.database.primary { world.database.bringUp(server) }
        case .databaseSetBack: await setBack()
        case .duplicate, .hole, .poison, .busy: break
        }
    }

    private func order() {
        guard let record = world.redis.model.record else { return }
        let partition = world.kafka.partitions[world.time.below(world.kafka.partitions.count)]
        let (low, end) = (world.kafka.lows[Int(partition.number)], world.kafka.ends[Int(partition.number)])
        let offset = low + Int64(world.time.below(Int(end - low) + 1))
        var revision = Revision(process: world.redis.model.process, incarnation: record.incarnation)
        let order = MoveOrder(offset: offset, id: "at-\(world.time.now)")
        revision.notes[MoveOrder.name(SimRedis.group, partition)] = Revision.Note(order.text)
        // Not within the note, which is made only where a trace is wanted.
        let reply = world.redis.revise(revision, graph: "")
        world.note("\(partition) is ordered to \(offset): \(reply)")
    }

    /// Only what somebody has noted can be missed: at once after a snapshot nobody could know.
    private func setBack() async {
        let (time, database) = (world.time, world.database)
        let (snapshot, server, moment) = (database.snapshot(), database.primary, Int64(time.now / 1_000_000))
        database.writeElsewhere()
        for _ in 0..<50 {
            await time.sleep(UInt64(20_000_000 + time.below(20_000_000)))
            guard database.primary == server, database.isUp(server) else { return }
            guard isNoted(snapshot, world.redis.model) else { continue }
            // A copy of Redis that holds what was read since, and not the note, could not know either.
            world.redis.forgetCopies { $0.now >= moment && !isNoted(snapshot, $0) }
            database.setBack(to: snapshot)
            await time.sleep(UInt64(time.below(60_000_000)))
            if database.primary == server + 1 { database.bringUp(server + 1) }
            return
        }
    }

    /// Whether the control record knows that PostgreSQL went on after it.
    private func isNoted(_ snapshot: SimDatabase.Server, _ redis: RedisModel) -> Bool {
        guard world.plan.defences.contains(.setBack) else { return true }
        guard let noted = redis.record?.flushed else { return false }
        return noted.history.timeline == snapshot.history.timeline && noted.position > snapshot.flushed
    }

    /// Where records begin that are younger than so many milliseconds.
    private func offset(_ partition: Int, age: Int) -> Int64 {
        world.kafka.offset(partition, olderThan: Int64(world.time.now / 1_000_000) - Int64(age))
    }

    private func forget(onlyApplied: Bool) {
        for partition in world.kafka.partitions {
            let number = Int(partition.number)
            var below = offset(number, age: world.plan.retention)
            if onlyApplied {
                let applied = world.redis.lastCheckpoints[partition]?.offset ?? 0
                below = min(below, applied, world.kafka.committed[partition] ?? 0)
            } else {
                below = world.kafka.ends[number] - Int64(world.time.below(4))
                // Nobody can help a topic that forgets an event before its projection has come.
                if world.plan.hasGates { below = min(below, offset(number, age: world.plan.lateness)) }
            }
            world.kafka.forget(number, below: below)
        }
    }
}
