/// Whether a job of a trace makes sense.
enum JobCheck {
    static func check(_ job: SimulatedJob, poolCount: Int) throws(SimulationError) {
        func fail(_ what: String) -> SimulationError { .invalidJob(id: job.id, what: what) }
        guard job.arrivalSeconds.isFinite, job.arrivalSeconds >= 0 else {
            throw fail("arrives at \(job.arrivalSeconds) s; give at least 0")
        }
        guard job.work.isFinite, job.work >= 0 else {
            throw fail("work \(job.work); give a finite amount of at least 0")
        }
        guard job.weight.isFinite, job.weight > 0 else {
            throw fail("weight \(job.weight); give more than 0")
        }
        guard job.checkpointBytes.isFinite, job.checkpointBytes >= 0 else {
            throw fail("checkpoint of \(job.checkpointBytes) bytes; give at least 0")
        }
        guard job.checkpointIntervalSeconds > 0 else {
            throw fail("checkpoints every \(job.checkpointIntervalSeconds) s; give more than 0")
        }
        for option in job.options {
            for share in option.shares {
                guard (0..<poolCount).contains(share.pool) else {
                    throw fail("an option on pool \(share.pool), of \(poolCount) pools")
                }
                guard share.deviceCount >= 1, (1...share.deviceCount).contains(share.unit) else {
                    throw fail(
                        "an option of \(share.deviceCount) devices in units of \(share.unit); give "
                            + "at least 1, and units no larger than the whole")
                }
            }
            guard Set(option.shares.map(\.pool)).count == option.others.count + 1 else {
                throw fail("an option that names a pool twice; give each pool one share")
            }
            guard job.load == nil || option.others.isEmpty else {
                throw fail("a service with replicas over several pools; give options on one pool")
            }
            guard option.deviceCount >= 1, option.rate.isFinite, option.rate >= 0 else {
                throw fail(
                    "an option of \(option.deviceCount) devices at rate \(option.rate); "
                        + "give at least 1 device and a finite rate")
            }
        }
        guard job.options.contains(where: { $0.rate > 0 }) else {
            throw fail("no option has a rate above 0, so it can never end")
        }
    }
}
