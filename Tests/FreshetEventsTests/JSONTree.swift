import Foundation

/// A JSON value that can be written again with other spaces and another order of fields. Strings and numbers stay as
/// they were spelled.
indirect enum JSONTree {
    case scalar([UInt8])
    case object([(name: [UInt8], value: JSONTree)])
    case array([JSONTree])

    /// Of valid JSON; nil for what isn't an object.
    init?(_ bytes: [UInt8]) {
        guard (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil else { return nil }
        var rest = bytes[...]
        self = Self.read(&rest)
        guard case .object = self else { return nil }
    }

    private static func skip(_ rest: inout ArraySlice<UInt8>) {
        while let byte = rest.first, byte <= 0x20 { rest.removeFirst() }
    }

    private static func read(_ rest: inout ArraySlice<UInt8>) -> JSONTree {
        skip(&rest)
        switch rest.first {
        case UInt8(ascii: "{"):
            var fields: [(name: [UInt8], value: JSONTree)] = []
            rest.removeFirst()
            while true {
                skip(&rest)
                if rest.first == UInt8(ascii: "}") { break }
                if rest.first == UInt8(ascii: ",") { rest.removeFirst() }
                skip(&rest)
                let name = scalar(&rest)
                skip(&rest)
                rest.removeFirst()
                fields.append((name, read(&rest)))
            }
            rest.removeFirst()
            return .object(fields)
        case UInt8(ascii: "["):
            var elements: [JSONTree] = []
            rest.removeFirst()
            while true {
                skip(&rest)
                if rest.first == UInt8(ascii: "]") { break }
                if rest.first == UInt8(ascii: ",") { rest.removeFirst() }
                elements.append(read(&rest))
            }
            rest.removeFirst()
            return .array(elements)
        default: return .scalar(scalar(&rest))
        }
    }

    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        let isString = rest.first == UInt8(ascii: "\"")
        while let byte = rest.first {
            if !isString, byte <= 0x20 || [0x2C, 0x3A, 0x5D, 0x7D].contains(byte) { break }
            text.append(rest.removeFirst())
            if isString, byte == UInt8(ascii: "\\") { text.append(rest.removeFirst()) }
            if isString, byte == UInt8(ascii: "\""), text.count > 1 { break }
        }
        return text
    }

    func written(_ mutator: inout Mutator) -> [UInt8] {
        var text: [UInt8] = []
        write(&mutator, into: &text)
        return text
    }

    private func write(_ mutator: inout Mutator, into text: inout [UInt8]) {
        func space(_ text: inout [UInt8]) {
            for _ in 0..<mutator.below(3) { text.append([0x20, 0x0A, 0x0D, 0x09][mutator.below(4)]) }
        }
        space(&text)
        switch self {
        case .scalar(let bytes): text += bytes
        case .object(var fields):
            for index in fields.indices.dropFirst() { fields.swapAt(index, mutator.below(index + 1)) }
            text.append(UInt8(ascii: "{"))
            for (index, field) in fields.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                space(&text)
                text += field.name
                space(&text)
                text.append(UInt8(ascii: ":"))
                field.value.write(&mutator, into: &text)
            }
            space(&text)
            text.append(UInt8(ascii: "}"))
        case .array(let elements):
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                element.write(&mutator, into: &text)
            }
            space(&text)
            text.append(UInt8(ascii: "]"))
        }
        space(&text)
    }
}
