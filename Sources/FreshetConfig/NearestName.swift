/// The name that was probably meant.
package enum NearestName {
    /// The candidate with the smallest edit distance, if it is small beside the name's length; ties go to the first.
    package static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let bound = max(1, min(3, name.count / 3 + (name.count > 2 ? 1 : 0)))
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(Array(name.lowercased()), Array(candidate.lowercased()))
            if distance <= bound, distance < (best?.distance ?? Int.max) { best = (candidate, distance) }
        }
        return best?.name
    }

    /// What a message says about an unknown name: the nearest one, or all of them while they are few.
    package static func advice(_ name: String, among candidates: some Sequence<String>) -> String {
        let all = candidates.map { "`\($0)`" }
        if let near = of(name, among: candidates) { return "did you mean `\(near)`?" }
        if all.isEmpty { return "there is none to choose from" }
        return all.count == 1 ? "only \(all[0]) is known" : "known are \(all.joined(separator: ", "))"
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        if a.isEmpty || b.isEmpty { return a.count + b.count }
        // Names are short; a long one is nobody's typing error.
        if abs(a.count - b.count) > 3 || a.count > 200 { return Int.max }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, beforeLast[j - 2] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
