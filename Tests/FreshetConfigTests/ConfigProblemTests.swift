import FreshetConfig
import Testing

@Suite struct ConfigProblemTests {
    @Test func oneLineWithPlaceAndAdvice() {
        let problem = ConfigProblem(
            file: "league.yaml", line: 12, setting: "kinds.team.keys[0].ttl", wrong: "`30` has no unit",
            right: "write 30d")
        #expect("\(problem)" == "league.yaml:12: kinds.team.keys[0].ttl: `30` has no unit; write 30d")
    }

    @Test func withoutALine() {
        let problem = ConfigProblem(
            file: "FRESHET_REDIS_URL", line: nil, setting: "redis.url", wrong: "it is empty", right: "")
        #expect("\(problem)" == "FRESHET_REDIS_URL: redis.url: it is empty")
    }

    @Test func theListFollowsTheFile() {
        let problems = ConfigProblems(
            [9, 2, nil, 2].enumerated().map { index, line in
                ConfigProblem(file: "f", line: line, setting: "s\(index)", wrong: "w", right: "")
            })
        #expect(problems.problems.map(\.setting) == ["s1", "s3", "s0", "s2"])
    }
}
