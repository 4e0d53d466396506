import CommandKit
import FreshetConfig
import FreshetCore
import RedisLink

/// Prefixes that a deployment used before: everything under them goes, so each is looked at closely.
struct FormerPrefixes {
    let spaces: [KeySpace]

    init(_ names: [String], _ namespace: Graph.Namespace) throws(CommandFailure) {
        let ours = KeySpace(namespace)
        var spaces: [KeySpace] = []
        for name in names {
            if let flaw = PrefixRule.flaw(name) {
                throw CommandFailure(
                    .usage, "`\(name)` was never a prefix: it \(flaw). Write it as the former graph had it, e.g. `v1`.")
            }
            if name.hasSuffix(namespace.separator) {
                throw CommandFailure(.usage, "Write `\(name.dropLast())`: the separator isn't part of the prefix.")
            }
            let space = KeySpace(start: name + namespace.separator)
            if space == ours {
                throw CommandFailure(.usage, "`\(name)` is the prefix of this deployment, and no former one.")
            }
            if space.contains(ours) {
                throw CommandFailure(
                    .usage,
                    "This deployment's own keys begin with `\(space.start)`, too: its prefix is `\(namespace.prefix)`. "
                        + "Name a former prefix that ours doesn't begin with, or remove those keys by hand.")
            }
            if ours.contains(space) {
                throw CommandFailure(
                    .usage,
                    "`\(name)` lies within this deployment's prefix `\(namespace.prefix)`: `freshet maintain` without "
                        + "--former finds what no kind owns there, and `freshet purge` with the former configuration "
                        + "removes a deployment.")
            }
            if !spaces.contains(space) { spaces.append(space) }
        }
        self.spaces = spaces
    }

    /// A prefix whose workers still show signs of life isn't a former one, and one of a deployment that nobody named
    /// may be anybody's.
    func refuseLiving(owners: Set<String>, _ cache: RedisCacheStore) async throws {
        let records = Set(spaces.map(\.record))
        for space in spaces {
            let record = Array(space.record.utf8)
            if let owner = try NestedDeployments.owner(of: record, cache) {
                if !owner.isEmpty, !owners.contains(owner) {
                    throw CommandFailure(
                        .usage,
                        "The keys under `\(space.start)` belong to deployment `\(owner)`: where that is the one that "
                            + "was moved from, add --of \(owner).")
                }
                let claim = try cache.command([Array("HGET".utf8), record, Array("graph".utf8)]).text ?? ""
                let seconds = try cache.command("TIME").elements?.first?.int ?? 0
                if let until = claim.split(separator: " ").first.flatMap({ Int64($0) }), until > seconds * 1_000 {
                    throw CommandFailure(
                        .found,
                        "Workers still use the prefix of `\(space.start)`: stop them first, and wait ten seconds.")
                }
            }
            try await NestedDeployments.refuse(under: space, known: records, cache)
        }
    }
}
