/// Many byte strings in one buffer: no allocation per string, reused from batch to batch.
package struct ByteArena: Sendable {
    @usableFromInline var bytes: [UInt8] = []
    @usableFromInline var ends: [Int] = []

    package init() {}

    @inlinable package var count: Int { ends.count }
    package var isEmpty: Bool { ends.isEmpty }
    package var byteCount: Int { bytes.count }

    package mutating func reserve(_ count: Int, bytesEach: Int) {
        ends.reserveCapacity(ends.count + count)
        if bytesEach > 0 { bytes.reserveCapacity(bytes.count + count * bytesEach) }
    }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    @inlinable
    package func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    @discardableResult
    package mutating func append(_ string: UnsafeRawBufferPointer) -> Int {
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
        return ends.count - 1
    }

    @discardableResult
    package mutating func append(_ string: some Sequence<UInt8>) -> Int {
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
        return ends.count - 1
    }

    /// Lets `build` write the next string straight into the buffer.
    @discardableResult
    package mutating func append(building build: (inout [UInt8]) -> Void) -> Int {
        build(&bytes)
        ends.append(bytes.count)
        return ends.count - 1
    }

    /// Like `append(building:)`, and takes back what was written when `build` says that the string must not stand.
    package mutating func appendIf(building build: (inout [UInt8]) -> Bool) -> Int? {
        let start = bytes.count
        guard build(&bytes) else {
            bytes.removeLast(bytes.count - start)
            return nil
        }
        ends.append(bytes.count)
        return ends.count - 1
    }

    @inlinable
    package func with<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let range = range(index)
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    package subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

    package func string(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }
}
