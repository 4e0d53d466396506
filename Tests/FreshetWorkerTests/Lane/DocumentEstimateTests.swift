import FreshetWorker
import Testing

struct DocumentEstimateTests {
    private static let settings: WorkerSettings = {
        var settings = WorkerSettings(owner: "o", group: "g")
        settings.sliceDocuments = 1_000
        settings.sliceBytes = 1 << 20
        return settings
    }()

    @Test func largeDocumentsMakeSmallSlices() {
        var estimate = DocumentEstimate()
        // 4,096 bytes each as long as nothing is known.
        #expect(estimate.slice(Self.settings) == 256)
        estimate.note(bytes: 1_638_400, documents: 100, Self.settings)
        #expect(estimate.bytes == 16_384)
        #expect(estimate.slice(Self.settings) == 64)
    }

    @Test func aHandfulSaysNothingAboutALongBacklog() {
        var estimate = DocumentEstimate()
        estimate.note(bytes: 0, documents: 63, Self.settings)
        #expect(estimate.bytes == 4_096)
        estimate.note(bytes: 64_000, documents: 64, Self.settings)
        #expect(estimate.bytes == 1_000)
    }

    @Test func aSliceHasItsNumberAndNeverNone() {
        var estimate = DocumentEstimate()
        // Rows without a document: nothing to divide by.
        estimate.note(bytes: 0, documents: 5_000, Self.settings)
        #expect(estimate.slice(Self.settings) == 1_000)
        // One is larger than a slice may be.
        estimate.note(bytes: 100 << 20, documents: 64, Self.settings)
        #expect(estimate.slice(Self.settings) == 1)
        // Fewer than that are all that can be learnt from now.
        estimate.note(bytes: 4_096, documents: 1, Self.settings)
        #expect(estimate.slice(Self.settings) == 256)
    }
}
