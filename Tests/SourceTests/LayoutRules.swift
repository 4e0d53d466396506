/// Where things are, and whether what is written about them is true. Pure: names and text in, complaints out.
enum LayoutRules {
    static let topLevel: Set<String> = [
        "Package.swift", "Sources", "Tests", "schemas", "deploy", "Makefile", "README.md",
    ]

    /// Dot files may stand there too.
    static func strangers(among names: [String]) -> [String] {
        names.filter { !$0.hasPrefix(".") && !topLevel.contains($0) }.map { "\($0): not an entry of the top level" }
    }

    /// Every `make NAME` that a text tells people to type.
    static func unknownTargets(in text: String, makefile: String) -> [String] {
        let targets = Set(
            makefile.split(separator: "\n").filter { !$0.hasPrefix("\t") && !$0.hasPrefix(".") && !$0.hasPrefix("#") }
                .compactMap { line -> String? in
                    guard let colon = line.firstIndex(of: ":"), !line[colon...].hasPrefix(":=") else { return nil }
                    return String(line[..<colon])
                })
        return commands(in: text).filter { !targets.contains($0) }.map { "make \($0): the Makefile has no such target" }
    }

    /// Only in code (between back quotes, or in a fenced block): "make sure" is no command.
    static func commands(in text: String) -> [String] {
        var found: [String] = []
        var isFenced = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isFenced.toggle()
                continue
            }
            let pieces = line.split(separator: "`", omittingEmptySubsequences: false)
            let code = isFenced ? [line] : pieces.indices.filter { $0 % 2 == 1 }.map { pieces[$0] }
            for piece in code {
                let words = piece.split(separator: "#")[0...].first.map { $0.split(separator: " ") } ?? []
                for (index, word) in words.enumerated().dropLast() where word == "make" {
                    let name = words[index + 1]
                    if name.allSatisfy({ $0.isLowercase || $0 == "-" }), name.first != "-" {
                        found.append(String(name))
                    }
                }
            }
        }
        return found
    }

    /// Folders of the sources that the file map doesn't name.
    static func unmapped(folders: [String], in notes: String) -> [String] {
        folders.filter { !notes.contains("`\($0)`") && !notes.contains("`Sources/\($0)") }
            .map { "Sources/\($0): not in the file map of the architecture notes" }
    }
}
