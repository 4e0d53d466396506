/// A kind of the graph, as its position in `Graph.kinds`. Small, so that hot tables hold no strings.
package struct KindIndex: Hashable, Sendable, Comparable {
    package var value: UInt16

    @inlinable package init(_ value: Int) { self.value = UInt16(truncatingIfNeeded: value) }

    @inlinable package static func < (a: KindIndex, b: KindIndex) -> Bool { a.value < b.value }
}
