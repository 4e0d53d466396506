import CommandKit

/// `freshet version`
enum VersionCommand {
    static let command = Command(
        "version",
        summary: "shows the version of freshet and what it was built with",
        common: [.output],
        examples: [
            .init("freshet version", "for people"),
            .init("freshet version --output json", "for programs"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let facts = [("freshet", Version.number), ("build", build), ("architecture", architecture)]
        invocation.show(
            Table([.init("part"), .init("version")], rows: facts.map { [$0.0, $0.1] }),
            json: .object(facts.map { ($0.0, .string($0.1)) }))
        return .fine
    }

    private static var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    private static var architecture: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "aarch64"
        #else
            "other"
        #endif
    }
}
