import CommandKit
import FreshetWorker
import Telemetry

/// Bytes and times of letters as people read them.
enum DlqText {
    /// `2026-11-21 12:00:03Z`
    static func time(_ milliseconds: Int64?) -> String {
        guard let milliseconds, milliseconds >= 0 else { return "–" }
        return TimeText.utc(milliseconds).prefix(19).replacing("T", with: " ") + "Z"
    }

    static func json(time milliseconds: Int64?) -> JSON {
        .string(milliseconds.flatMap { $0 >= 0 ? TimeText.utc($0) : nil })
    }

    /// Text where it is text, else hexadecimal digits.
    static func bytes(_ bytes: [UInt8]?, limit: Int = 200) -> String {
        guard let bytes else { return "–" }
        if let text = text(bytes) {
            return text.count > limit ? String(text.prefix(limit)) + "…" : text
        }
        return hex(bytes.prefix(limit / 2)) + (bytes.count > limit / 2 ? "…" : "")
    }

    static func hex(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return "0x" + bytes.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
    }

    /// nil where the bytes are no text, or hold what a terminal would obey.
    static func text(_ bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || scalar == "\t" || (scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value))
        }
        return isPlain ? text : nil
    }

    static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

    static func letters(_ count: Int) -> String { count == 1 ? "1 letter" : "\(count) letters" }
}
