import FreshetCore

/// What each fault does.
extension ChaosRun {
    func begin(_ fault: ChaosFault, lasts: Int) async throws -> ChaosTrouble {
        switch fault.part {
        case .worker: try beginWorker(fault, lasts)
        case .redis: try await beginRedis(fault, lasts)
        case .postgres: try await beginPostgres(fault, lasts)
        case .broker: try beginBroker(fault, lasts)
        }
    }

    private func beginWorker(_ fault: ChaosFault, _ lasts: Int) throws -> ChaosTrouble {
        let worker = stage.workers[Int.random(in: 0..<stage.workers.count, using: &random)]
        switch fault {
        case .workerKill:
            worker.kill()
            return ChaosTrouble(lasts: min(lasts, 1_500), isOfWorker: true, mend: { try worker.start() })
        case .workerTerm:
            worker.end(within: 30_000).map(problem)
            return ChaosTrouble(lasts: min(lasts, 500), isOfWorker: true, mend: { try worker.start() })
        default:
            worker.suspend()
            return ChaosTrouble(lasts: stage.sessionTimeout + 500 + lasts, isOfWorker: true, mend: { worker.resume() })
        }
    }

    private func beginRedis(_ fault: ChaosFault, _ lasts: Int) async throws -> ChaosTrouble {
        let redis = stage.redis
        switch fault {
        case .redisEmpty:
            try redis.restartEmpty()
            return ChaosTrouble(lasts: 0)
        case .redisSnapshot:
            try redis.save(old: Bool.random(using: &random))
            return ChaosTrouble(lasts: lasts, mend: { try redis.restartFromSnapshot() })
        case .redisFlush:
            _ = try redis.direct.command("FLUSHALL")
            return ChaosTrouble(lasts: 0)
        case .redisRecord:
            _ = try redis.direct.command("UNLINK", redis.direct.record)
            return ChaosTrouble(lasts: 0)
        case .redisFailover:
            try redis.cutReplicaOff()
            await wait(300 + lasts / 4)
            let old = try redis.promote()
            return ChaosTrouble(lasts: lasts, mend: { try redis.replace(old) })
        case .redisFull:
            _ = try redis.direct.command("CONFIG", "SET", "maxmemory", "1mb")
            return ChaosTrouble(lasts: lasts, mend: { _ = try redis.direct.command("CONFIG", "SET", "maxmemory", "0") })
        case .redisPause:
            _ = try redis.direct.command("CLIENT", "PAUSE", "\(lasts)", "ALL")
            return ChaosTrouble(lasts: lasts)
        case .redisCut: return Self.cut(redis.door, lasts)
        default: return Self.stall(redis.door, lasts)
        }
    }

    private func beginPostgres(_ fault: ChaosFault, _ lasts: Int) async throws -> ChaosTrouble {
        let postgres = stage.postgres
        switch fault {
        case .postgresRestart:
            postgres.crash()
            return ChaosTrouble(lasts: lasts / 2, mend: { try postgres.start() })
        case .postgresFailover:
            try postgres.cutReplicaOff()
            await wait(300 + lasts / 4)
            let old = try postgres.promote()
            return ChaosTrouble(
                lasts: lasts, mend: { try postgres.replace(old) }, tidy: { try postgres.attachReplica() })
        case .postgresCut: return Self.cut(postgres.door, lasts)
        default: return Self.stall(postgres.door, lasts)
        }
    }

    private func beginBroker(_ fault: ChaosFault, _ lasts: Int) throws -> ChaosTrouble {
        let broker = stage.broker
        switch fault {
        case .brokerCut:
            try broker.cut()
            return ChaosTrouble(lasts: lasts / 2, mend: { try broker.open() })
        case .brokerStall:
            try broker.stall(milliseconds: lasts * 2)
            return ChaosTrouble(lasts: lasts * 2, mend: { try broker.open() })
        default:
            try broker.down()
            return ChaosTrouble(lasts: lasts, mend: { try broker.up() })
        }
    }

    private static func cut(_ door: TCPProxy, _ lasts: Int) -> ChaosTrouble {
        door.set(.refusing)
        door.cut()
        return ChaosTrouble(lasts: lasts / 2, mend: { door.set(.open) })
    }

    /// Sometimes longer than the worker's time-outs.
    private static func stall(_ door: TCPProxy, _ lasts: Int) -> ChaosTrouble {
        door.set(.stalled)
        return ChaosTrouble(lasts: lasts * 2, mend: { door.set(.open) })
    }
}
