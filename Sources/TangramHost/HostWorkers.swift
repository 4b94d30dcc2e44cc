public import TangramWorkers

/// The workers that suit this machine.
public enum HostWorkers {
    /// The environment variable that caps the number of threads: "TANGRAM_THREADS".
    public static let threadLimitVariable = "TANGRAM_THREADS"

    /// What TANGRAM_THREADS says; nil where it is unset or empty.
    ///
    /// - Throws: ``HostError/invalidThreadLimit(_:)``.
    public static func threadLimit() throws(HostError) -> Int? {
        guard let text = Environment.value(threadLimitVariable) else { return nil }
        return try threadLimit(parsing: text)
    }

    /// The number of threads that a value of TANGRAM_THREADS means: decimal digits, from 1 to
    /// ``TangramWorkers/ThreadWorkers/maximumCount``.
    ///
    /// - Throws: ``HostError/invalidThreadLimit(_:)``.
    public static func threadLimit(parsing text: String) throws(HostError) -> Int {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let limit = Int(text),
            (1...ThreadWorkers.maximumCount).contains(limit)
        else { throw .invalidThreadLimit(text) }
        return limit
    }

    /// Which workers ``best(threadCount:)`` starts on `topology`.
    ///
    /// - Parameters:
    ///   - threadCount: workers wished for; nil means one per usable CPU.
    ///   - limit: no more than this many, whatever is wished for; nil means no limit.
    ///   - topology: the machine.
    /// - Throws: ``HostError/invalidThreadCount(_:)``.
    public static func plan(
        threadCount: Int? = nil, limit: Int? = nil, topology: HostTopology
    ) throws(HostError) -> WorkerPlan {
        let most = ThreadWorkers.maximumCount
        let wished = threadCount ?? min(topology.usableCPUCount, most)
        guard (1...most).contains(wished) else { throw .invalidThreadCount(wished) }
        let count = max(1, min(wished, limit ?? wished))
        let isCapped = count < wished
        let nodes = topology.nodes.filter { !$0.cpus.isEmpty }
        let why: String
        if case .available = topology.numa {
            if nodes.count < 2 {
                why = "this process may use CPUs of one NUMA node only"
            } else if count > topology.allowedCPUs.count {
                why = "more threads than CPUs were asked for"
            } else {
                why = topology.numa.reason
            }
        } else {
            why = topology.numa.reason
        }
        let reason = isCapped ? "capped by \(threadLimitVariable); \(why)" : why
        let isPinned =
            topology.numa.isAvailable && nodes.count > 1 && count > 1
            && count <= topology.allowedCPUs.count
        return WorkerPlan(
            kind: count == 1 ? .serial : isPinned ? .pinned : .threads,
            workerCount: count,
            placements: isPinned ? WorkerPlan.placements(count: count, nodes: nodes) : [],
            reason: reason)
    }

    /// Starts the workers that suit this machine: pinned per NUMA node where there are several,
    /// plain threads elsewhere, none where one is enough.
    ///
    /// TANGRAM_THREADS caps their number. Where the system forbids pinning they are plain threads.
    /// Plans are the same whatever this gives; keep the pool, threads cost time to start.
    ///
    /// - Parameter threadCount: workers, 1 to ``TangramWorkers/ThreadWorkers/maximumCount``; nil
    ///   means one per CPU that this process may use.
    /// - Throws: ``HostError/invalidThreadLimit(_:)``, ``HostError/invalidThreadCount(_:)`` or
    ///   ``HostError/workers(_:)``.
    public static func best(threadCount: Int? = nil) throws(HostError) -> any WorkerPool {
        let topology = HostTopology.detect()
        let plan = try plan(threadCount: threadCount, limit: threadLimit(), topology: topology)
        switch plan.kind {
        case .serial: return SerialWorkers()
        case .threads: return try threads(plan.workerCount)
        case .pinned:
            do {
                return try NUMAWorkers(topology: topology, threadCount: plan.workerCount)
            } catch {
                switch error {
                case .pinningFailed, .numaUnavailable: return try threads(plan.workerCount)
                default: throw error
                }
            }
        }
    }

    private static func threads(_ count: Int) throws(HostError) -> ThreadWorkers {
        do { return try ThreadWorkers(count: count) } catch { throw .workers(error) }
    }
}
