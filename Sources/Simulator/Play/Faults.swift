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
        let possible = world.plan.faults.subtracting([.duplicate, .hole, .busy]).sorted { $0.rawValue < $1.rawValue }
        guard !possible.isEmpty else { return }
        while !application.isFinished {
            await time.sleep(UInt64(5_000_000 + time.below(150_000_000)))
            if application.isFinished { break }
            let fault = possible[time.below(possible.count)]
            world.note("fault \(fault.rawValue)")
            await play(fault)
        }
    }

    private func play(_ fault: SimFault) async {
        let time = world.time
        switch fault {
        case .crash: crew.crash()
        case .stop: crew.pause(UInt64(50_000_000 + time.below(900_000_000)))
        case .rebalance: crew.joinOrLeave()
        case .flush: world.redis.flush()
        case .restart: world.redis.restartEmpty()
        case .failover: world.redis.restartBehind(by: 1 + time.below(6))
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
            time.schedule(after: UInt64(time.below(300_000_000))) { [world] in world.database.takeDown(old) }
        case .databaseDown:
            let server = world.database.primary
            world.database.takeDown(server)
            await time.sleep(UInt64(time.below(100_000_000)))
            world.database.bringUp(server)
        case .duplicate, .hole, .busy: break
        }
    }
}
