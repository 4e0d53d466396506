import CommandKit
import FreshetCore
import RedisLink

/// Other deployments whose prefix begins with ours: `app:v2` under `app`. Whoever removes what nobody owns under `app`,
/// or everything, would remove all that they have.
enum NestedDeployments {
    /// Keys that one step of SCAN looks at.
    private static let scanCount = 1_000
    /// Names in a message.
    private static let shown = 5

    /// `known` are control records that may be there.
    static func refuse(under space: KeySpace, known: Set<String> = [], _ cache: RedisCacheStore) async throws {
        let records = try await find(under: space, known: known, cache)
        guard !records.isEmpty else { return }
        let list = records.map { "`\($0.record)` of deployment `\($0.owner)`" }.joined(separator: ", ")
        throw CommandFailure(
            .usage,
            "Under `\(space.start)` stands the control record of another deployment, whose keys would be removed as "
                + "well: \(list). Give one of the two a prefix that the other's doesn't begin with; what isn't needed "
                + "any more is removed by `freshet purge` with its own configuration.")
    }

    private static func find(
        under space: KeySpace, known: Set<String>, _ cache: RedisCacheStore
    ) async throws -> [(record: String, owner: String)] {
        var found: [(record: String, owner: String)] = []
        var cursor: UInt64 = 0
        repeat {
            let page = try cache.scanAll(
                pattern: space.pattern(ending: "freshet"), cursor: cursor, count: scanCount)
            cursor = page.cursor
            for key in page.keys {
                let name = String(decoding: key, as: UTF8.self)
                // Ours, and what belongs to it: memory and leases may end with any word.
                if name == space.record || name.hasPrefix(space.record + ":") || known.contains(name) { continue }
                if let owner = try owner(of: key, cache) { found.append((name, owner)) }
            }
        } while cursor != 0 && found.count < shown
        return found
    }

    /// nil where it is no control record.
    static func owner(of key: [UInt8], _ cache: RedisCacheStore) throws -> String? {
        do throws(Fault) {
            let fields = try cache.command([Array("HMGET".utf8), key, Array("incarnation".utf8), Array("owner".utf8)])
            guard let values = fields.elements, values.count == 2, values[0] != .null else { return nil }
            return values[1].text ?? ""
        } catch {
            // No hash at all: the roles that are shipped may not ask for a key's type.
            if case .redis("WRONGTYPE") = error.code { return nil }
            throw error
        }
    }
}
