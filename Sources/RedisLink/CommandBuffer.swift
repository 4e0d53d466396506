import FreshetCore

/// Commands in RESP, one after the other in one buffer that is reused from call to call.
///
/// Every key passes here, so each argument costs one check for room, and is then written through a pointer.
package struct CommandBuffer {
    /// As long as what was ever needed; the commands are its first `used` bytes.
    private var storage: [UInt8] = []
    private var used = 0
    /// How many replies they will bring.
    package private(set) var count = 0
    /// A length or an integer with its sign, the byte in front and two line ends.
    private static let overhead = 32

    package init() {}

    var bytes: ArraySlice<UInt8> { storage[..<used] }

    package mutating func removeAll() {
        used = 0
        count = 0
    }

    package mutating func reserve(_ more: Int) {
        guard used + more > storage.count else { return }
        storage.append(contentsOf: repeatElement(0, count: max(used + more, storage.count * 2) - storage.count))
    }

    /// Begins a command; exactly `arguments` arguments must follow, its name included.
    package mutating func begin(arguments: Int) {
        write(UInt8(ascii: "*"), arguments, nil)
        count += 1
    }

    package mutating func add(_ argument: UnsafeRawBufferPointer) {
        write(UInt8(ascii: "$"), argument.count, argument)
    }

    package mutating func add(_ argument: [UInt8]) {
        argument.withUnsafeBytes { add($0) }
    }

    package mutating func add(_ argument: String) {
        var argument = argument
        argument.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    package mutating func add(_ argument: Int64) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            let count = Self.decimal(argument, digits, at: 0)
            add(UnsafeRawBufferPointer(rebasing: digits[..<count]))
        }
    }

    package mutating func add(_ argument: Int) { add(Int64(argument)) }

    package mutating func command(_ arguments: [String]) {
        begin(arguments: arguments.count)
        for argument in arguments { add(argument) }
    }

    package mutating func command(_ arguments: [[UInt8]]) {
        begin(arguments: arguments.count)
        for argument in arguments { add(argument) }
    }

    private mutating func write(_ mark: UInt8, _ number: Int, _ argument: UnsafeRawBufferPointer?) {
        reserve((argument?.count ?? 0) + Self.overhead)
        let start = used
        used = storage.withUnsafeMutableBytes { out in
            out[start] = mark
            var at = Self.endLine(out, at: Self.decimal(Int64(number), out, at: start + 1))
            guard let argument else { return at }
            UnsafeMutableRawBufferPointer(rebasing: out[at..<at + argument.count]).copyMemory(from: argument)
            at += argument.count
            return Self.endLine(out, at: at)
        }
    }

    @inline(__always)
    private static func endLine(_ out: UnsafeMutableRawBufferPointer, at: Int) -> Int {
        out[at] = 13
        out[at + 1] = 10
        return at + 2
    }

    /// Writes the digits and answers where they end.
    @inline(__always)
    private static func decimal(_ value: Int64, _ out: UnsafeMutableRawBufferPointer, at start: Int) -> Int {
        var at = start
        if value < 0 {
            out[at] = UInt8(ascii: "-")
            at += 1
        }
        var digits = 1
        var rest = value.magnitude
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        rest = value.magnitude
        for place in stride(from: at + digits - 1, through: at, by: -1) {
            out[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return at + digits
    }
}
