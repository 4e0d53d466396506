import FreshetCore

/// Invalidates keys as a lane would: with a ticket, behind their fences, so that no slower writer can bring them back.
package struct Repairer {
    /// A call holds Redis for everybody.
    private static let keysPerCall = 512
    private static let attempts = 5

    private let cache: any CacheStore
    private let models: any ReadModels

    package init(_ cache: any CacheStore, _ models: any ReadModels) {
        self.cache = cache
        self.models = models
    }

    package func invalidate(_ keys: [[UInt8]]) async throws(Fault) {
        var start = 0
        while start < keys.count {
            let end = min(start + Self.keysPerCall, keys.count)
            try await invalidate(keys[start..<end])
            start = end
        }
    }

    private func invalidate(_ keys: ArraySlice<[UInt8]>) async throws(Fault) {
        for attempt in 1...Self.attempts {
            try await cache.requestTicket()
            guard let ticket = try await cache.ticket() else { throw Self.noRecord }
            let history = try await models.position().history
            var call = ApplyCall(ticket: ticket, history: history, invalidateOnly: true)
            for key in keys { key.withUnsafeBytes { call.operations.unlink(key: $0) } }
            switch try await cache.apply([call])[0] {
            case .applied, .overlap: return
            case .failed(let fault): throw fault
            case .refused(let refusal):
                // The floor rises when something is swept; a newer ticket is enough then.
                if refusal == .floor || refusal == .process, attempt < Self.attempts { continue }
                throw Self.refused(refusal)
            }
        }
    }

    package static let noRecord = Fault(
        .redis, .redis("NORECORD"),
        "nothing can be written safely: there is no control record, or workers follow another graph file; start a "
            + "worker with this one first")

    package static func refused(_ refusal: Refusal) -> Fault {
        Fault(
            .redis, .redis("REFUSED"),
            "the control record refuses the call (\(refusal)): a worker must recover first; try again in a moment")
    }
}
