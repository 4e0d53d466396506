/// What it costs to go on through a backlog, beside what a rebuild costs: by these `behind` chooses.
package struct BacklogEstimate: Hashable, Sendable {
    /// Of all partitions of the topic that are behind.
    package var records: Int64
    package var recordsPerSecond: Int64
    /// This worker has shown that rate; otherwise it is what the settings take it to be.
    package var isMeasured: Bool
    /// What the read models would load: of every kind that the topic can reach and that has a list of ids to warm.
    package var rows: Int64
    package var rowsPerSecond: Int64

    package init(records: Int64, recordsPerSecond: Int64, isMeasured: Bool, rows: Int64, rowsPerSecond: Int64) {
        self.records = records
        self.recordsPerSecond = recordsPerSecond
        self.isMeasured = isMeasured
        self.rows = rows
        self.rowsPerSecond = rowsPerSecond
    }

    /// The better of what is taken for granted and what was seen: a worker that had little to do has shown little.
    package init(records: Int64, rows: Int64, settings: RecoverySettings, measured: Int64) {
        self.init(
            records: records, recordsPerSecond: max(settings.recordRate, measured),
            isMeasured: measured > settings.recordRate, rows: rows, rowsPerSecond: settings.rowRate)
    }

    package var backlogSeconds: Double { Double(records) / Double(max(1, recordsPerSecond)) }
    package var rebuildSeconds: Double { Double(rows) / Double(max(1, rowsPerSecond)) }
    package var favoursRebuild: Bool { rebuildSeconds < backlogSeconds }

    /// The statements whose rows a rebuild for this topic would load.
    package static func statements(_ graph: Graph, topic: Int) -> [Int] {
        let kinds = graph.downstream(of: graph.kinds(namedBy: graph.topics[topic]))
        return kinds.compactMap { graph[$0].warm }.sorted()
    }
}
