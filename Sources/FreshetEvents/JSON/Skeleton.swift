/// What stays the same from record to record of one producer: everything between the values.
///
/// Producers write the same names in the same order, so a record is compared with the last one that was read whole:
/// the bytes between the values must be the very same, which settles the record's structure without looking at it, and
/// a value must be what it was there: a string without escapes, or a whole number. Whatever is different in any way is
/// left to `FieldReader`, so there is no record that is read otherwise for being read faster.
final class Skeleton {
    struct Step {
        enum Kind: UInt8 {
            case string
            case number
            /// null, true or false, as it stands in the bytes that follow.
            case word
            case open
            case close
            case end
        }

        /// The bytes before it, in `bytes`.
        var start: Int32
        var length: Int32
        /// Where it is captured; -1: nowhere.
        var slot: Int32
        var kind: Kind
        /// Of a word, or of what opens.
        var form: Captured.Form
        /// Of a word.
        var count: Int32 = 0
    }

    /// Records that it fitted, of late.
    var hits = 0
    private let steps: UnsafeMutablePointer<Step>
    private let stepCount: Int
    /// The record that it was made from, and eight bytes that may be read behind it.
    private let bytes: UnsafeMutablePointer<UInt8>
    private let byteCount: Int

    init(_ steps: [Step], _ record: UnsafeRawBufferPointer) {
        stepCount = steps.count
        byteCount = record.count + 8
        self.steps = .allocate(capacity: max(1, stepCount))
        for (index, step) in steps.enumerated() { (self.steps + index).initialize(to: step) }
        bytes = .allocate(capacity: byteCount)
        bytes.initialize(repeating: 0, count: byteCount)
        for (index, byte) in record.enumerated() { bytes[index] = byte }
    }

    deinit {
        steps.deinitialize(count: stepCount).deallocate()
        bytes.deinitialize(count: byteCount).deallocate()
    }

    /// False where the record is different: then nothing is captured.
    @inline(__always)
    func read(
        _ base: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into captures: UnsafeMutablePointer<Captured>
    ) -> Bool {
        var at = base
        var step = steps
        while true {
            let length = Int(step.pointee.length)
            guard end - at >= length, Self.equal(at, bytes + Int(step.pointee.start), length, end) else { break }
            at += length
            let slot = Int(step.pointee.slot)
            switch step.pointee.kind {
            case .string:
                guard let behind = Self.plainString(at, end) else { return forget(step, captures) }
                if slot >= 0 {
                    captures[slot] = Captured(start: at, count: Int32(truncatingIfNeeded: behind - at), form: .text)
                }
                at = behind
            case .number:
                guard let behind = Self.wholeNumber(at, end) else { return forget(step, captures) }
                if slot >= 0 {
                    captures[slot] = Captured(start: at, count: Int32(truncatingIfNeeded: behind - at), form: .integer)
                }
                at = behind
            case .word:
                captures[slot] = Captured(start: at, count: step.pointee.count, form: step.pointee.form)
            case .open: captures[slot] = Captured(start: at, count: 0, form: step.pointee.form)
            case .close: captures[slot].count = Int32(truncatingIfNeeded: at - captures[slot].start)
            case .end:
                if at == end { return true }
                return forget(step, captures)
            }
            step += 1
        }
        return forget(step, captures)
    }

    /// What was captured before the difference.
    @inline(never)
    private func forget(_ reached: UnsafeMutablePointer<Step>, _ captures: UnsafeMutablePointer<Captured>) -> Bool {
        var step = steps
        while step <= reached {
            if step.pointee.slot >= 0 { captures[Int(step.pointee.slot)].form = .absent }
            step += 1
        }
        return false
    }

    /// `b` may be read eight bytes beyond its end, `a` up to `end`.
    @inline(__always)
    private static func equal(
        _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ length: Int, _ end: UnsafePointer<UInt8>
    ) -> Bool {
        let (a, b) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
        var at = 0
        while length - at >= 8 {
            if a.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                != b.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            {
                return false
            }
            at += 8
        }
        let rest = length - at
        if rest == 0 { return true }
        if UnsafeRawPointer(end) - a >= at + 8 {
            let mask = (1 as UInt64) &<< UInt64(truncatingIfNeeded: 8 &* rest) &- 1
            let difference =
                a.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                ^ b.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            return UInt64(littleEndian: difference) & mask == 0
        }
        while at < length {
            if a.load(fromByteOffset: at, as: UInt8.self) != b.load(fromByteOffset: at, as: UInt8.self) { return false }
            at += 1
        }
        return true
    }

    /// The closing quote of a string that is its own text; nil for every other.
    @inline(__always)
    private static func plainString(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var at = start
        while end - at >= 8 {
            let special = JSONCursor.special(UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
            if special != 0 {
                at += special.trailingZeroBitCount >> 3
                return at.pointee == UInt8(ascii: "\"") ? at : nil
            }
            at += 8
        }
        while at < end {
            let byte = at.pointee
            if byte == UInt8(ascii: "\"") { return at }
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\\") { return nil }
            at += 1
        }
        return nil
    }

    /// Behind an optional minus and digits without a leading zero. What follows is compared next.
    @inline(__always)
    private static func wholeNumber(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var at = start
        if at < end, at.pointee == UInt8(ascii: "-") { at += 1 }
        let first = at
        while at < end, at.pointee &- UInt8(ascii: "0") <= 9 { at += 1 }
        guard at > first, first.pointee != UInt8(ascii: "0") || at - first == 1 else { return nil }
        return at
    }
}
