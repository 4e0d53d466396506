import FreshetCore
import FreshetWorker
import Testing

struct DocumentEstimateTests {
    private static func estimate(_ onReach: Kind.Treatment) -> DocumentEstimate {
        let kind = Kind(
            name: "match", id: [], keys: [], onChange: .invalidate, onReach: onReach, hasVersion: false, gate: nil,
            secondSweep: nil, edges: [], fingerprint: "")
        return DocumentEstimate(
            Graph(namespace: .init(), bounds: .init(), kinds: [kind], edges: [], topics: [], statements: []))
    }

    private static let settings: WorkerSettings = {
        var settings = WorkerSettings(owner: "o", group: "g")
        settings.batchDocumentBytes = 1 << 20
        return settings
    }()

    @Test func largeDocumentsFillABatchSooner() {
        var estimate = Self.estimate(.refresh)
        // 4,096 bytes each as long as nothing is known.
        #expect(!estimate.fill(256, Self.settings) && estimate.fill(257, Self.settings))
        estimate.note(bytes: 1_638_400, entities: 100)
        #expect(!estimate.fill(64, Self.settings) && estimate.fill(65, Self.settings))
        // A handful says nothing about a long backlog.
        estimate.note(bytes: 0, entities: 3)
        #expect(estimate.bytesPerEntity == 16_384)
        estimate.note(bytes: 0, entities: 1_000)
        #expect(!estimate.fill(1_000_000, Self.settings))
    }

    @Test func whereNothingIsReadNothingIsBounded() {
        #expect(!Self.estimate(.invalidate).fill(1_000_000, Self.settings))
    }
}
