import FreshetCore
import Testing

struct TouchSightTests {
    private let first = TouchSight(place: 5, untouchedFrom: 5)

    @Test func onlyWhatReachesBackToTheEarlierLookProves() {
        #expect(TouchSight(place: 9, untouchedFrom: 5).isUntouched(since: first))
        #expect(!TouchSight(place: 9, untouchedFrom: 6).isUntouched(since: first))
    }

    /// The log may have forgotten place 5 by then, and 9 is enough.
    @Test func lookingInBetweenKeepsTheProof() {
        let followed = first.followed(by: TouchSight(place: 9, untouchedFrom: 5))
        #expect(TouchSight(place: 20, untouchedFrom: 9).isUntouched(since: followed))
        #expect(!TouchSight(place: 20, untouchedFrom: 10).isUntouched(since: followed))
    }

    @Test func aTouchInBetweenEndsIt() {
        let followed = first.followed(by: TouchSight(place: 9, untouchedFrom: 8))
        #expect(!TouchSight(place: 20, untouchedFrom: 0).isUntouched(since: followed))
        let again = followed.followed(by: TouchSight(place: 20, untouchedFrom: 0))
        #expect(!TouchSight(place: 30, untouchedFrom: 0).isUntouched(since: again))
    }
}
