import FreshetCore

/// A service that reads the cache and fills it after a miss, with a lease.
final class Reader: Sendable {
    private let world: SimWorld
    private let application: Application

    init(_ world: SimWorld, _ application: Application) {
        self.world = world
        self.application = application
    }

    func run() async {
        let time = world.time
        while !application.isFinished {
            await time.sleep(UInt64(500_000 + time.below(15_000_000)))
            guard world.redis.isUp else { continue }
            let kind = ["match", "league", "table"][time.below(3)]
            let id = 1 + Int64(time.below(kind == "match" ? world.plan.children : world.plan.parents))
            // A service that is deployed with its graph.
            let generation = world.generation
            let name = (kind == "league" ? SimGraph.leagueKey(generation) : "v1:\(kind):") + "\(id)"
            let key = Array(name.utf8)
            guard case .miss(let token, _) = world.redis.lease(key) else { continue }
            await time.sleep(world.latency(1))
            // Readers read from the primary.
            let server = world.database.primary
            guard world.database.isUp(server) else { continue }
            let rows = world.database.rows(server)
            let document =
                kind == "match"
                ? rows.childDocument(id)
                : kind == "league" ? rows.parentDocument(id) : rows.tableDocument(id, generation)
            await world.ambush(.beforeFill, nil)
            await time.sleep(world.latency(1))
            guard let document, world.redis.isUp else { continue }
            world.note("reader fills \(kind):\(id) with \(document)")
            if world.plan.defences.contains(.lease) {
                world.redis.fill(key, token: token, Array(document.utf8))
            } else {
                world.redis.set(name, document)
            }
        }
    }
}
