/// Writes JSON strings; everything else of JSON needs no help.
package enum JSONText {
    private static let hex = Array("0123456789abcdef".unicodeScalars)

    /// With its quotation marks. Control characters and what would break a line are escaped.
    package static func append(string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _
            where scalar.value < 0x20 || scalar.value == 0x7f || scalar.value == 0x2028 || scalar.value == 0x2029:
                text += "\\u"
                for shift in [12, 8, 4, 0] { text.unicodeScalars.append(hex[Int(scalar.value >> UInt32(shift) & 15)]) }
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
