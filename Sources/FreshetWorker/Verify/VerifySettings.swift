import FreshetCore

/// What is compared, how fast, and how long a suspect may take.
package struct VerifySettings: Sendable {
    package enum Sample: Hashable, Sendable {
        case all
        /// Thousandths of the keys.
        case share(Int)
        /// So many keys, each with the same chance. In memory until they are compared.
        case keys(Int)
    }

    /// nil: every kind.
    package var kinds: Set<KindIndex>?
    package var sample = Sample.all
    /// Keys per second.
    package var rate = 10_000
    /// Keys that one look takes at once.
    package var pageKeys = 500
    /// Milliseconds between two looks at a suspect.
    package var moment = 1_000
    /// Looks at a suspect after the first one.
    package var looks = 4
    /// Milliseconds to wait for the workers to apply what was announced before.
    package var patience = 30_000
    /// Suspects that wait for their next look at once.
    package var suspectLimit = 5_000
    /// Findings that the report names; beyond it they are only counted.
    package var findingLimit = 1_000
    /// Invalidate what is wrong.
    package var repairs = false

    package init() {}
}
