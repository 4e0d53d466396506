import FreshetCore
import Testing

@testable import FreshetWorker

@Suite struct KeySightingTests {
    private static let record = ControlView.Record(
        incarnation: "i", owner: "o", floor: 7, ticket: 9, history: History(system: 1, timeline: 1), rebuilding: nil,
        fingerprints: [:], checkpoints: [:], pendingCount: 0)
    private static let control = KeySighting.Control(ControlView(process: "p", record: record))

    private func sighting(
        _ value: String?, _ document: String?, maxSize: Int = 100, place: Int64 = 9, untouchedFrom: Int64 = 9,
        control: KeySighting.Control = Self.control
    ) -> KeySighting {
        KeySighting(
            value: value.map { Array($0.utf8) },
            document: document.map { .bytes(Array($0.utf8)[...]) } ?? .absent, maxSize: maxSize,
            touches: TouchSight(place: place, untouchedFrom: untouchedFrom), control: control)
    }

    @Test func whatOneLookSays() {
        #expect(sighting(nil, "a").state == .missing)
        #expect(sighting(nil, nil).state == .missing)
        #expect(sighting("a", "a").state == .equal)
        #expect(sighting("a", "b").state == .problem(.stale))
        #expect(sighting("a", nil).state == .problem(.orphan))
        #expect(sighting("abc", "abc", maxSize: 2).state == .problem(.oversized))
        #expect(sighting("abc", "abd", maxSize: 2).state == .problem(.stale))
    }

    @Test func theSameWrongValueWithNothingMovingIsProof() {
        #expect(sighting("a", "c").confirms(sighting("a", "b")))
        #expect(sighting("a", nil).confirms(sighting("a", "b")))
    }

    @Test func whateverMovesIsNoProof() {
        let first = sighting("a", "b")
        #expect(!sighting("b", "b").confirms(first))
        #expect(!sighting(nil, "b").confirms(first))
        #expect(!sighting("x", "b").confirms(first))
        #expect(!sighting("a", "b", place: 10, untouchedFrom: 10).confirms(first))
        // Others were touched.
        #expect(sighting("a", "b", place: 12, untouchedFrom: 9).confirms(first))
        #expect(!first.confirms(sighting("a", "a")))
    }

    @Test func aLossOrARebuildIsNoProof() {
        var others: [KeySighting.Control] = []
        for change: (inout KeySighting.Control) -> Void in [
            { $0.process = "q" }, { $0.incarnation = "j" }, { $0.incarnation = nil }, { $0.floor = 8 },
        ] {
            var control = Self.control
            change(&control)
            others.append(control)
        }
        for control in others { #expect(!sighting("a", "b", control: control).confirms(sighting("a", "b"))) }
        var rebuilding = Self.control
        rebuilding.isRebuilding = true
        #expect(
            !sighting("a", "b", control: rebuilding).confirms(sighting("a", "b", control: rebuilding)))
    }

    @Test func suspectsLeaveWhenProvedOrPutRight() {
        func seen(_ key: String, _ sighting: KeySighting) -> KeyLooker.Seen {
            KeyLooker.Seen(key: Array(key.utf8), kind: KindIndex(0), entity: key, sighting: sighting)
        }
        var suspects = Suspects()
        for key in ["stale", "mended", "moved"] { suspects.add(seen(key, sighting("a", "b")), at: 5) }
        let looks = [
            seen("stale", sighting("a", "b")), seen("mended", sighting("b", "b")),
            seen("moved", sighting("a", "b", place: 10, untouchedFrom: 10)),
        ]
        var early = suspects
        var verdicts: [String: Bool] = [:]
        early.judge(looks, at: 6, isDue: false) { verdicts[$0.entity] = $1 }
        #expect(verdicts == ["mended": false])

        verdicts = [:]
        suspects.judge(looks, at: 6, isDue: true) { verdicts[$0.entity] = $1 }
        #expect(verdicts == ["stale": true, "mended": false])
        #expect(suspects.keys == [Array("moved".utf8)])
        // The moved one is proved by the look after that.
        let last = seen("moved", sighting("a", "b", place: 10, untouchedFrom: 10))
        suspects.judge([last], at: 7, isDue: true) { verdicts[$0.entity] = $1 }
        #expect(verdicts["moved"] == true)
        #expect(suspects.count == 0)
    }

    @Test func thePaceIsEven() {
        var pace = Pace(rate: 1_000)
        #expect(pace.rest(before: 500, now: 1_000_000_000) == 0)
        #expect(pace.rest(before: 500, now: 1_100_000_000) == 400)
        #expect(pace.rest(before: 500, now: 1_500_000_000) == 500)
        #expect(pace.rest(before: 500, now: 9_000_000_000) == 0)
        var unbounded = Pace(rate: 0)
        #expect(unbounded.rest(before: 1_000_000, now: 0) == 0)
        #expect(unbounded.rest(before: 1_000_000, now: 0) == 0)
    }

    /// SCAN counts from the highest bit of its table's mask down: 0, 4, 2, 6, 1, 5, 3, 7 of a table of eight.
    @Test func aCursorSaysHowFarTheWalkIs() {
        #expect([4, 2, 6, 1, 5, 3, 7].map { Verifier.share(of: $0) } == [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875])
        #expect(Verifier.share(of: 0) == 1)
    }
}
