/// How many rows the edges answered with for one entity, on the average: what the next question may hold follows
/// from it.
struct FanOuts: Sendable {
    /// Rows for one entity of an edge that was not followed yet.
    private static let unknown = 8
    /// Entities from which on half of the past is forgotten.
    private static let longPast = 1 << 20
    /// By edge: how many rows came, and for how many entities.
    private var rows: [Int] = []
    private var ids: [Int] = []

    mutating func note(_ edge: Int, rows count: Int, of asked: Int) {
        while rows.count <= edge {
            rows.append(0)
            ids.append(0)
        }
        // The past fades, so that a changed graph of data is noticed.
        if ids[edge] > Self.longPast {
            rows[edge] /= 2
            ids[edge] /= 2
        }
        rows[edge] += count
        ids[edge] += asked
    }

    /// For one entity, rounded up.
    func rows(of edge: Int) -> Int {
        guard edge < ids.count, ids[edge] > 0 else { return Self.unknown }
        return (rows[edge] + ids[edge] - 1) / ids[edge]
    }
}
