import FreshetConfig

/// An option of a command: `--name VALUE`, or `--name` alone for a flag.
package struct CommandOption: Sendable {
    /// What its value must look like. Values are checked when the line is parsed, so that a command's own getters
    /// can't fail.
    package enum Form: Sendable, Hashable {
        case flag
        case text(String)
        case integer(ClosedRange<Int64>)
        /// `30d`, `24h`, `15m`, `10s`, `250ms`.
        case duration
        /// `512B`, `64KiB`, `16MiB`, `1GiB`.
        case size
        /// A date, or a date with a time: `2024-05-19`, `2024-05-19T15:00:00Z`, `2024-05-19T17:00:00+02:00`.
        case datetime
        case choice([String])
    }

    package var name: String
    package var short: Character?
    package var form: Form
    package var repeats: Bool
    /// As it would be written on the line.
    package var fallback: String?
    /// The variable that is asked where the line says nothing.
    package var environment: String?
    package var help: String

    package init(
        _ name: String, short: Character? = nil, _ form: Form, repeats: Bool = false, fallback: String? = nil,
        environment: String? = nil, _ help: String
    ) {
        self.name = name
        self.short = short
        self.form = form
        self.repeats = repeats
        self.fallback = fallback
        self.environment = environment
        self.help = help
    }

    /// How help shows it: `-o, --output table|json`.
    package var usage: String {
        let dashes = short.map { "-\($0), --\(name)" } ?? "--\(name)"
        return placeholder.map { "\(dashes) \($0)" } ?? dashes
    }

    private var placeholder: String? {
        switch form {
        case .flag: nil
        case .text(let what): what
        case .integer: "N"
        case .duration: "DURATION"
        case .size: "SIZE"
        case .datetime: "TIME"
        case .choice(let names): names.joined(separator: "|")
        }
    }

    /// What is wrong with a value; nil where nothing is.
    package func complaint(_ value: String) -> String? {
        switch form {
        case .flag:
            return ["true", "false", "1", "0", ""].contains(value) ? nil : "it is on or off: true or false"
        case .text:
            return value.isEmpty ? "it is empty" : nil
        case .integer(let range):
            guard let number = Int64(value) else { return "write a whole number" }
            if range.contains(number) { return nil }
            if range.upperBound == .max { return "it must be at least \(range.lowerBound)" }
            return "it must be from \(range.lowerBound) to \(range.upperBound)"
        case .duration:
            return Units.duration(value) == nil ? Units.durationForm : nil
        case .size:
            return Units.size(value) == nil ? Units.sizeForm : nil
        case .datetime:
            return DateTime.milliseconds(value) == nil ? DateTime.form : nil
        case .choice(let names):
            return names.contains(value) ? nil : NearestName.advice(value, among: names)
        }
    }
}
