import TangramUnits
import TangramWorkers

/// What `tangram host` prints: facts of this machine as label and value, and notes.
public struct HostReport: Hashable, Sendable {
    /// One fact.
    public struct Row: Hashable, Sendable {
        /// What it is: "CPUs".
        public let label: String
        /// The fact, for people.
        public let value: String
    }

    /// The facts, in the order to print them.
    public let rows: [Row]
    /// Sentences that say what is not used here, and why.
    public let notes: [String]
    /// What is wrong with the environment's wishes; a command fails where there is any.
    public let problems: [HostError]

    /// The report of this machine and process now.
    ///
    /// - Parameter threadCount: as for ``HostWorkers/best(threadCount:)``.
    public static func current(threadCount: Int? = nil) -> HostReport {
        HostReport(
            topology: .detect(), threadCount: threadCount,
            threadLimit: Result { () throws(HostError) in try HostWorkers.threadLimit() },
            simd: Result { () throws(HostError) in try SIMDLevel.inUse })
    }

    /// The report of `topology`.
    ///
    /// - Parameters:
    ///   - topology: the machine.
    ///   - threadCount: workers wished for; nil means one per usable CPU.
    ///   - threadLimit: the cap, or what is wrong with it.
    ///   - simd: the instruction set in use, or what is wrong with the wish for it.
    public init(
        topology: HostTopology, threadCount: Int? = nil,
        threadLimit: Result<Int?, HostError> = .success(nil),
        simd: Result<SIMDLevel, HostError> = .success(.detected)
    ) {
        var problems: [HostError] = []
        var rows = Self.machineRows(topology)

        rows.append(Row(label: "SIMD detected", value: SIMDLevel.detected.name))
        switch simd {
        case .success(let level): rows.append(Row(label: "SIMD in use", value: level.name))
        case .failure(let error):
            rows.append(Row(label: "SIMD in use", value: "none"))
            problems.append(error)
        }

        var plan: WorkerPlan?
        do throws(HostError) {
            plan = try HostWorkers.plan(
                threadCount: threadCount, limit: threadLimit.get(), topology: topology)
        } catch {
            problems.append(error)
        }
        rows.append(Row(label: "Workers", value: plan?.description ?? "none"))
        for node in topology.nodes {
            let cpus = (plan?.placements ?? []).filter { $0.node == node.id }.map(\.cpu)
            guard !cpus.isEmpty else { continue }
            rows.append(
                Row(
                    label: "Workers on node \(node.id)",
                    value: "\(cpus.count) on CPUs \(SystemText.list(cpus.sorted()))"))
        }
        self.rows = rows
        self.problems = problems
        notes = Self.notes(topology, plan)
    }

    private static func machineRows(_ topology: HostTopology) -> [Row] {
        var rows = [
            Row(label: "Processor", value: topology.cpuModelName ?? "unknown"),
            Row(
                label: "CPUs",
                value: "\(topology.allowedCPUs.count) of \(topology.onlineCPUCount) usable: "
                    + SystemText.list(topology.allowedCPUs)),
        ]
        if let quota = topology.cpuQuota {
            rows.append(
                Row(label: "CPU quota", value: formatNumber(quota, digits: 3) + " CPUs (cgroup)"))
        }
        for cache in topology.caches {
            rows.append(
                Row(
                    label: "\(cache.name) cache",
                    value: "\(cache.size), shared by \(cache.sharingCPUCount) "
                        + (cache.sharingCPUCount == 1 ? "CPU" : "CPUs")))
        }
        rows.append(
            Row(
                label: "NUMA",
                value: topology.numa.isAvailable
                    ? topology.numa.reason : "not used: \(topology.numa.reason)"))
        for node in topology.nodes {
            rows.append(Row(label: "Node \(node.id)", value: describe(node)))
        }
        for node in topology.nodes where topology.nodes.count > 1 && !node.distances.isEmpty {
            let distances = zip(topology.nodes, node.distances).map { "\($1) to \($0.id)" }
            rows.append(
                Row(
                    label: "Distances of node \(node.id)",
                    value: distances.joined(separator: ", ")))
        }
        return rows
    }

    private static func describe(_ node: HostTopology.Node) -> String {
        let cpus =
            switch node.cpus.count {
            case 0: "no usable CPUs"
            case 1: "CPU \(node.cpus[0])"
            default: "CPUs \(SystemText.list(node.cpus))"
            }
        let memory =
            switch (node.memoryTotal, node.memoryFree) {
            case (let total?, let free?): "\(total) of memory, \(free) free"
            case (let total?, nil): "\(total) of memory"
            default: "memory unknown"
            }
        return "\(cpus); \(memory)"
    }

    private static func notes(_ topology: HostTopology, _ plan: WorkerPlan?) -> [String] {
        var notes: [String] = []
        let seen = topology.nodes.count
        switch topology.numa {
        case .available: break
        case .oneNode:
            notes.append("One NUMA node: all memory is equally near, so no thread is pinned.")
        case .noKernelSupport:
            notes.append(
                "libnuma is linked, but the kernel has no NUMA support or this container forbids "
                    + "its calls: no thread is pinned.")
        case .builtWithoutTrait:
            notes.append(
                "Built without the NUMA trait: libnuma is not linked and no thread is pinned."
                    + (seen > 1
                        ? " This machine has \(seen) NUMA nodes; a build with the trait uses them."
                        : ""))
        case .notUsedOnThisSystem:
            notes.append("\(topology.numa.reason): no thread is pinned.")
        }
        if let quota = topology.cpuQuota, quota < Double(topology.allowedCPUs.count) {
            notes.append("The cgroup's CPU quota is smaller than the number of usable CPUs.")
        }
        if let plan, plan.workerCount > topology.usableCPUCount {
            notes.append("More threads than usable CPUs: they take turns.")
        }
        return notes
    }
}
