/// The type of one part of an id. An id has one part, or several when it is composite.
package enum IDType: String, Sendable, CaseIterable {
    case bigint
    case uuid
    case text
}
