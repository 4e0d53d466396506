/// A system that the worker leans on.
package enum Dependency: String, Sendable, CaseIterable {
    case redis
    case postgres
    case kafka
}
