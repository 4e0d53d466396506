import CommandKit
import FreshetConfig
import FreshetCore
import KafkaLink

/// Where `offsets reset` goes: kafka-consumer-groups' words, and `--to-checkpoint`.
enum OffsetsTarget {
    case earliest
    case latest
    case offset(Int64)
    /// Milliseconds since 1970.
    case time(Int64)
    case shift(Int64)
    case current
    case checkpoint
    case file([Partition: Int64])

    static let options: [CommandOption] = [
        .init("to-earliest", .flag, "to the first record that there is"),
        .init("to-latest", .flag, "to the end: skips what is not applied yet"),
        .init("to-offset", .integer(0...Int64.max), "to this offset"),
        .init("to-datetime", .datetime, "to the first record at or after this time"),
        .init("by-duration", .text("DURATION"), "back by so much from now: 2h, or PT2H as Kafka's tools write it"),
        .init("shift-by", .integer(-Int64.max...Int64.max), "forward by so many offsets, back where negative"),
        .init("to-current", .flag, "to the committed offset"),
        .init("to-checkpoint", .flag, "to the next offset that Redis has not seen applied"),
        .init("from-file", .text("FILE"), "as this file says, CSV or JSON as --export writes it"),
    ]

    static func read(_ invocation: Invocation, group: String, now: Int64) throws -> OffsetsTarget {
        let given = options.map(\.name).filter { invocation.text($0) != nil }
        guard given.count == 1, let name = given.first else {
            let names = options.map { "--\($0.name)" }.joined(separator: ", ")
            throw CommandFailure(
                .usage, given.isEmpty ? "Say where to: one of \(names)." : "Only one of \(names) can be meant.")
        }
        switch name {
        case "to-earliest": return .earliest
        case "to-latest": return .latest
        case "to-offset": return .offset(invocation.integer(name) ?? 0)
        case "to-datetime": return .time(invocation.datetime(name) ?? now)
        case "by-duration": return .time(now - (try duration(invocation.text(name) ?? "")))
        case "shift-by": return .shift(invocation.integer(name) ?? 0)
        case "to-current": return .current
        case "to-checkpoint": return .checkpoint
        default: return .file(try OffsetsFile.read(path: invocation.text(name) ?? "", group: group))
        }
    }

    /// nil where there is nothing to say: no committed offset, no checkpoint, no line for this partition.
    func offset(_ place: OffsetsSight.Place, _ admin: KafkaAdmin) throws(Fault) -> Int64? {
        switch self {
        case .earliest: place.facts.low
        case .latest: place.facts.high
        case .offset(let offset): offset
        case .time(let time): try admin.offset(place.partition, at: time)
        case .shift(let count):
            place.position.addingReportingOverflow(count).overflow ? nil : place.position + count
        case .current: place.facts.committed
        case .checkpoint: place.facts.checkpoint?.offset
        case .file(let offsets): offsets[place.partition]
        }
    }

    static func duration(_ text: String) throws(CommandFailure) -> Int64 {
        if let duration = Units.duration(text) ?? isoDuration(text) { return duration }
        throw CommandFailure(.usage, "`--by-duration \(text)`: \(Units.durationForm), or PnDTnHnMnS.")
    }

    /// `P1DT2H30M5S` in milliseconds.
    static func isoDuration(_ text: String) -> Int64? {
        guard text.first == "P", text.count > 2 else { return nil }
        let days: [Character: Int64] = ["W": 604_800_000, "D": 86_400_000]
        let times: [Character: Int64] = ["H": 3_600_000, "M": 60_000, "S": 1_000]
        var (units, digits, sum): ([Character: Int64], String, Int64) = (days, "", 0)
        for character in text.dropFirst() {
            if character == "T", digits.isEmpty {
                units = times
            } else if let unit = units[character], let count = Int64(digits), count < 1_000_000_000 {
                sum += count * unit
                digits = ""
            } else if character.isASCII, character.isNumber {
                digits.append(character)
            } else {
                return nil
            }
        }
        return digits.isEmpty ? sum : nil
    }
}
