import FreshetCore
import Testing

@Suite struct AdviceTests {
    @Test(arguments: [
        (Fault.Code.redis("NOPERM"), "deploy/redis.acl"), (.redis("READONLY"), "primary"),
        (.redis("WRONGPASS"), "redis.password"), (.redis("OOM"), "maxmemory"),
        (.sqlState("53300"), "max_connections"), (.sqlState("42501"), "postgres-roles.sql"),
        (.sqlState("42P01"), "graph check"), (.sqlState("28P01"), "postgres.password"),
        (.kafka(name: "TOPIC_AUTHORIZATION_FAILED", fatal: false), "Write on the retry"),
        (.kafka(name: "GROUP_AUTHORIZATION_FAILED", fatal: false), "kafka.group"), (.notPrimary, "primary"),
    ])
    func whatAPersonMendsIsSaid(_ code: Fault.Code, _ word: String) throws {
        #expect(try #require(Advice.on(Fault(.redis, code, ""))).contains(word))
    }

    @Test(arguments: [Fault.Code.timeout, .connectionLost, .redis("LOADING"), .sqlState("57P03")])
    func whatTimeMendsHasNone(_ code: Fault.Code) { #expect(Advice.on(Fault(.redis, code, "")) == nil) }
}
