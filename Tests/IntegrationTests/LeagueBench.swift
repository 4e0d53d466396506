import PostgresLink
import RedisLink

/// Where the oracle looks: the sample league's cache and its database, each with a connection of the test's own.
protocol LeagueBench {
    func cache() -> RedisCacheStore
    func connection() -> PostgresConnection
}

extension WorkerBench: LeagueBench {}
