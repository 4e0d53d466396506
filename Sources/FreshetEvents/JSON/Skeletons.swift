/// The few shapes that a topic's records mostly have; see `Skeleton`.
struct Skeletons {
    private static let limit = 3
    /// Records that are read without trying after the shapes proved to be too many.
    private static let rest = 1_000
    private static let fullCredit = 64
    private static let costOfMiss = 8

    private var known: [Skeleton] = []
    private var credit = fullCredit
    private var resting = 0
    private let guesses = StringGuesses()

    @inline(__always)
    mutating func read(
        _ base: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into captures: UnsafeMutablePointer<Captured>
    ) -> Bool {
        if resting > 0 {
            resting -= 1
            return false
        }
        for index in 0..<known.count where known[index].read(base, end, into: captures) {
            if credit < Self.fullCredit { credit += 1 }
            known[index].hits &+= 1
            // The most frequent one is tried first.
            if index > 0, known[index].hits > known[index - 1].hits { known.swapAt(index, index - 1) }
            return true
        }
        return false
    }

    /// After a record that none of them fitted, and that was read without a flaw.
    @inline(never)
    mutating func learn(_ record: UnsafeRawBufferPointer, _ tree: FieldTree) {
        guard resting == 0 else { return }
        credit -= Self.costOfMiss
        if credit <= 0 {
            credit = Self.fullCredit
            resting = Self.rest
            for skeleton in known { skeleton.hits /= 2 }
            return
        }
        guard let skeleton = SkeletonDraft.skeleton(of: record, tree, guesses) else { return }
        if known.count == Self.limit { known.removeLast() }
        known.append(skeleton)
    }
}
