/// Gathers everything that is wrong with one file while it is read.
final class ProblemCollector {
    let file: String
    private(set) var problems: [ConfigProblem] = []
    /// Kinds that were not understood may be the ones that something else misses.
    private(set) var hasUnknownKinds = false
    /// A file of nonsense can't fill the memory with complaints about it.
    static let limit = 500

    init(file: String) { self.file = file }

    func add(_ place: Place, _ wrong: String, _ right: String = "") {
        guard problems.count < Self.limit else { return }
        problems.append(
            ConfigProblem(file: file, line: place.line, setting: place.path, wrong: wrong, right: right))
    }

    func add(unknownKind name: Located<String>, among kinds: [String]) {
        hasUnknownKinds = true
        add(name.place, "there is no kind `\(name.value)`", NearestName.advice(name.value, among: kinds))
    }
}

/// Where a setting stands: its line and its path.
package struct Place: Hashable, Sendable {
    package var line: Int
    package var path: String

    package init(line: Int, path: String) {
        self.line = line
        self.path = path
    }

    /// A setting below this one.
    package func appending(_ name: String) -> Place {
        Place(line: line, path: path.isEmpty ? name : "\(path).\(name)")
    }
}

/// A value and where it stands.
struct Located<Value> {
    var value: Value
    var place: Place
}
