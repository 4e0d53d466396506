/// Classes of work with connections of their own: none can starve the live one.
package enum Bulkhead: String, Hashable, Sendable, CaseIterable {
    /// Events as they come.
    case live
    /// Records of the retry topic.
    case retry
    case warm
    case replay
}
