import Synchronization

/// Runs every task of a schedule, one job at a time, in the order in which they became ready.
///
/// With all tasks on this one executor and all waiting done through `SimTime`, a schedule has no other source of order
/// than its seed.
final class SimExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Runs what is ready until nothing is.
    func drain() {
        while true {
            let batch = jobs.withLock { jobs in
                let batch = jobs
                jobs.removeAll(keepingCapacity: true)
                return batch
            }
            if batch.isEmpty { return }
            for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
