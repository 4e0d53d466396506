/// What may be the prefix of a deployment's keys.
package enum PrefixRule {
    static let longest = 64

    /// What is wrong with it, as the end of a sentence that begins with it; nil if it is sound.
    package static func flaw(_ prefix: String) -> String? {
        if prefix.isEmpty || prefix.utf8.count > longest { return "is not between 1 and \(longest) bytes long" }
        return TemplateText.flaw(literal: prefix)
    }
}
