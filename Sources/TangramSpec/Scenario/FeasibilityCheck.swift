import TangramDocument
import TangramHardware
import TangramModels
import TangramPlacement
import TangramUnits

/// Finds jobs that no plan can ever place: without a pool they may use, or with a model larger than
/// the whole cluster.
struct FeasibilityCheck {
    let cluster: Cluster
    let policy: [PolicyRule]
    private let memory: Bytes
    /// Pools and rules looked at, at most; a scenario beyond it is left to the planner.
    private static let workLimit = 50_000_000

    init(cluster: Cluster, policy: [PolicyRule]) {
        self.cluster = cluster
        self.policy = policy
        memory = cluster.pools.reduce(.zero) {
            $0 + $1.accelerator.usableMemory * $1.acceleratorCount
        }
    }

    func report(for jobs: [LocatedJob]) {
        let hard = policy.filter { $0.effect == .require || $0.effect == .forbid }
        let (work, overflow) = (jobs.count * cluster.pools.count)
            .multipliedReportingOverflow(by: hard.count + 1)
        let checksPools = !overflow && work <= Self.workLimit
        for job in jobs {
            checkMemory(job)
            if checksPools { checkPools(job, rules: hard) }
        }
    }

    /// The weights alone, in the narrowest format that the job allows; what training and serving
    /// need beside them only adds to it.
    private func checkMemory(_ job: LocatedJob) {
        let format = job.job.narrowestFormat
        let weights = Bytes(
            rounding: Double(job.job.model.parameterCount) * format.bytesPerElement)
        guard weights > memory else { return }
        job.cursor.fail(
            "needs more memory than the whole cluster: the weights of \(job.job.model.id) in "
                + "\(format.rawValue) are \(weights), all accelerators together have \(memory)")
    }

    private func checkPools(_ job: LocatedJob, rules: [PolicyRule]) {
        let binding = rules.filter { $0.jobs.matches(job.job) } + job.job.constraints
        let reasons = cluster.pools.map { obstacle($0, job: job.job, rules: binding) }
        guard !reasons.contains(nil) else { return }
        let shown = zip(cluster.pools, reasons).prefix(8)
            .map { "\($0.id) \($1 ?? "")" }.joined(separator: "; ")
        let more = cluster.pools.count > 8 ? "; …" : ""
        job.cursor.fail("no pool may run this job: \(shown)\(more)")
    }

    /// Why `job` may not use `pool`; nil where it may.
    private func obstacle(_ pool: Pool, job: Job, rules: [PolicyRule]) -> String? {
        if let tenants = pool.tenants, !(job.tenant.map(tenants.contains) ?? false) {
            return "is for other tenants"
        }
        if let licence = pool.licence {
            if !licence.uses.contains(job.use) { return "has no licence to \(job.use.rawValue)" }
            if let tenants = licence.tenants, !(job.tenant.map(tenants.contains) ?? false) {
                return "is licensed to other tenants"
            }
        }
        for rule in rules {
            let matches = rule.pools.matches(pool, in: cluster)
            switch rule.effect {
            case .require where !matches: return "is not what a rule requires"
            case .forbid where matches: return "is forbidden"
            default: continue
            }
        }
        return nil
    }
}

extension Job {
    /// The narrowest format its weights may be held in.
    fileprivate var narrowestFormat: NumberFormat {
        switch work {
        case .train(let demand):
            return demand.format
        case .reinforce(let demand):
            return demand.learner.format
        case .serve(let demand):
            let published = [demand.model.checkpointFormat, demand.model.expertCheckpointFormat]
            let allowed =
                demand.weightFormats.isEmpty
                ? published.compactMap { $0 } + [.fp8, .int8, .bf16] : demand.weightFormats
            return allowed.min { $0.bits < $1.bits } ?? .bf16
        }
    }
}
