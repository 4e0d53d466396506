import FreshetCore

/// The stretches that a replay reads, outside of any group.
package protocol ReplayLog: LaneLog {
    /// Nothing more of this one is wanted.
    func finish(_ assignment: RecordBatch.Assignment)
}
