import FreshetCore

/// One lane's choice of what is sampled: counts down from change to change, so that what isn't chosen costs nothing.
package final class SampleFeed {
    private let mailbox: SampleMailbox
    /// Changes per sample, on average.
    private let mean: Int
    private var random: SplitMix
    /// Changes to pass over before the next sample.
    private var countdown: Int

    /// `thousandths` of the changes are sampled; at least one.
    package init(_ mailbox: SampleMailbox, thousandths: Int, seed: UInt64) {
        self.mailbox = mailbox
        mean = max(1, 1_000 / max(1, thousandths))
        random = SplitMix(seed: seed)
        countdown = Int(random.next() % UInt64(mean))
    }

    /// The entities of an applied batch: those that changed, and those that a cascade reached.
    package func offer(_ plan: Plan, _ graph: Graph, now: UInt64) {
        guard mailbox.hasRoom else { return }
        var index = countdown
        while index < plan.nodes.count {
            let entity = plan.nodes[index].ref
            let isTaken = mailbox.offer(
                SampleMailbox.Sample(
                    entity: entity, canonical: graph[entity.kind].isPooled ? Array(plan.buffer.pool[entity.low]) : [],
                    applied: now))
            index += 1 + gap()
            guard isTaken else {
                countdown = gap()
                return
            }
        }
        countdown = index - plan.nodes.count
    }

    /// Uniform between 0 and twice the mean, so that samples don't fall into step with the changes.
    private func gap() -> Int { Int(random.next() % UInt64(2 * mean - 1)) }
}
