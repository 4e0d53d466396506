import FreshetCore

/// Commands in RESP, one after the other in one buffer that is reused from call to call.
package struct CommandBuffer {
    private(set) var bytes: [UInt8] = []
    /// How many replies they will bring.
    package private(set) var count = 0

    package init() {}

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        count = 0
    }

    package mutating func reserve(_ more: Int) { bytes.reserveCapacity(bytes.count + more) }

    /// Begins a command; exactly `arguments` arguments must follow, its name included.
    package mutating func begin(arguments: Int) {
        header(UInt8(ascii: "*"), arguments)
        count += 1
    }

    package mutating func add(_ argument: UnsafeRawBufferPointer) {
        header(UInt8(ascii: "$"), argument.count)
        bytes.append(contentsOf: argument)
        endLine()
    }

    package mutating func add(_ argument: some Collection<UInt8>) {
        header(UInt8(ascii: "$"), argument.count)
        bytes.append(contentsOf: argument)
        endLine()
    }

    package mutating func add(_ argument: String) { add(argument.utf8) }

    package mutating func add(_ argument: Int64) {
        var magnitude = argument.magnitude
        var digits = argument < 0 ? 2 : 1
        while magnitude >= 10 {
            magnitude /= 10
            digits += 1
        }
        header(UInt8(ascii: "$"), digits)
        KeyText.appendDecimal(argument, into: &bytes)
        endLine()
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

    private mutating func header(_ kind: UInt8, _ count: Int) {
        bytes.append(kind)
        KeyText.appendDecimal(Int64(count), into: &bytes)
        endLine()
    }

    private mutating func endLine() {
        bytes.append(13)
        bytes.append(10)
    }
}
