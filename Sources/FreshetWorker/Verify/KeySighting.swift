import FreshetCore

/// What one look saw of a key: its touches first, then its value, then its read model.
package struct KeySighting: Hashable, Sendable {
    package enum Problem: String, Sendable, CaseIterable {
        /// The value is not the read model's.
        case stale
        /// There is a key, and no row (or no document) for it.
        case orphan
        /// Larger than its template allows: the worker would not have written it.
        case oversized
    }

    package enum State: Hashable, Sendable {
        /// No key: a reader reads PostgreSQL, which is never stale.
        case missing
        case equal
        /// Nothing to compare with: PostgreSQL rejects the id or the row.
        case unreadable
        case problem(Problem)
    }

    /// What must not have moved between two looks besides the key's bucket: another process or incarnation means that
    /// Redis lost something, and a raised floor or a rebuild that keys are about to be removed.
    package struct Control: Hashable, Sendable {
        package var process: String
        package var incarnation: String?
        package var floor: Int64
        package var isRebuilding: Bool

        package init(_ view: ControlView) {
            process = view.process
            incarnation = view.record?.incarnation
            floor = view.record?.floor ?? 0
            isRebuilding = view.record?.rebuilding != nil
        }
    }

    package var state: State
    /// Tells values apart.
    package var digest: UInt64
    package var touches: TouchSight
    package var control: Control

    package init(state: State, digest: UInt64, touches: TouchSight, control: Control) {
        self.state = state
        self.digest = digest
        self.touches = touches
        self.control = control
    }

    package init(
        value: [UInt8]?, document: Documents.Document, maxSize: Int, touches: TouchSight, control: Control
    ) {
        var hash = StableHash()
        if let value { hash.add(value) }
        self.init(
            state: Self.state(value, document, maxSize), digest: hash.value, touches: touches, control: control)
    }

    private static func state(_ value: [UInt8]?, _ document: Documents.Document, _ maxSize: Int) -> State {
        guard let value else { return .missing }
        switch document {
        case .unreadable: return .unreadable
        case .absent: return .problem(.orphan)
        case .bytes(let bytes):
            if !bytes.elementsEqual(value) { return .problem(.stale) }
            return value.count > maxSize ? .problem(.oversized) : .equal
        }
    }

    package var problem: Problem? {
        if case .problem(let problem) = state { problem } else { nil }
    }

    /// Whether a later look proves the problem that an earlier one suspected: the same value is still wrong, and
    /// nothing has touched its bucket in between. A change that was on its way at the first look would have done so.
    package func confirms(_ earlier: KeySighting) -> Bool {
        problem != nil && earlier.problem != nil && digest == earlier.digest
            && touches.isUntouched(since: earlier.touches) && control == earlier.control && !control.isRebuilding
    }
}
