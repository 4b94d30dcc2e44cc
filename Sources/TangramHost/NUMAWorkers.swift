import CHostCalls
import Synchronization
import TangramUnits
public import TangramWorkers

#if NUMA && os(Linux)
    import CNuma
#endif

/// Workers each kept on one CPU, with memory on that CPU's NUMA node.
///
/// Threads are grouped by node. Memory comes from numa_alloc_onnode; where the node has none left,
/// or this process may not allocate there, it comes from the ordinary heap.
/// The thread that calls ``run(_:)`` is no worker and is not pinned.
public final class NUMAWorkers: WorkerPool {
    /// How many workers there are.
    public let workerCount: Int
    /// The place of each worker.
    public let placements: [WorkerPlan.Placement]
    private let team: ThreadTeam
    private let nodesWithMemory: Set<Int>
    /// Addresses that came from the heap.
    private let heapAddresses = Mutex<Set<UInt>>([])

    /// Starts one thread per allowed CPU and keeps each on its CPU.
    ///
    /// Works on one node too, where it has no use but pinning.
    ///
    /// - Parameters:
    ///   - topology: the machine, as ``HostTopology/detect()`` found it.
    ///   - threadCount: workers, the nodes taking turns; nil means one per allowed CPU, and more
    ///     than the allowed CPUs are not started.
    /// - Throws: ``HostError/numaUnavailable(_:)`` where libnuma is not linked or does not work,
    ///   ``HostError/invalidThreadCount(_:)``, ``HostError/pinningFailed(cpu:code:)`` or
    ///   ``HostError/workers(_:)``.
    public init(
        topology: HostTopology = .detect(), threadCount: Int? = nil
    ) throws(HostError) {
        switch topology.numa {
        case .available, .oneNode: break
        default: throw .numaUnavailable(topology.numa)
        }
        let count = threadCount ?? topology.usableCPUCount
        guard (1...ThreadWorkers.maximumCount).contains(count) else {
            throw .invalidThreadCount(count)
        }
        let placements = WorkerPlan.placements(count: count, nodes: topology.nodes)
        guard !placements.isEmpty else { throw .numaUnavailable(topology.numa) }
        #if NUMA && os(Linux)
            guard numa_available() >= 0 else { throw .numaUnavailable(.noKernelSupport) }
            // Asked for once, and for known nodes only: libnuma prints on others.
            nodesWithMemory = Set(
                topology.nodes.filter {
                    ($0.memoryTotal?.count ?? 0) > 0
                        && tangram_numa_may_allocate(Int32(truncatingIfNeeded: $0.id)) != 0
                }.map(\.id))
        #else
            nodesWithMemory = []
        #endif
        self.placements = placements
        workerCount = placements.count
        do {
            team = try ThreadTeam(workerCount: placements.count, callerIsFirstWorker: false) {
                tangram_pin_this_thread(Int32(truncatingIfNeeded: placements[$0].cpu))
            }
        } catch {
            switch error {
            case .noThread(let worker, let code):
                throw .workers(.threadCreationFailed(worker: worker, code: code))
            case .setUp(let worker, let code):
                throw .pinningFailed(cpu: placements[worker].cpu, code: code)
            }
        }
    }

    deinit { team.stop() }

    /// Runs `body` once per worker, in parallel, each on its CPU; returns when all ended.
    public func run(_ body: @Sendable (Int) -> Void) { team.run(body) }

    /// Zeroed memory on the worker's node, aligned to a page; or, where the node has none for this
    /// process, from the heap, aligned to 64 bytes.
    ///
    /// - Throws: ``WorkerError/allocationFailed(byteCount:worker:)``.
    public func allocate(
        byteCount: Int, forWorker worker: Int
    ) throws(WorkerError) -> UnsafeMutableRawPointer {
        precondition(byteCount >= 0)
        #if NUMA && os(Linux)
            let node = placements[worker].node
            if nodesWithMemory.contains(node),
                let memory = numa_alloc_onnode(max(byteCount, 1), Int32(node))
            {
                return memory
            }
        #endif
        let memory = try AlignedMemory.allocate(byteCount: byteCount, worker: worker)
        let address = UInt(bitPattern: memory)
        heapAddresses.withLock { _ = $0.insert(address) }
        return memory
    }

    /// Frees memory that ``allocate(byteCount:forWorker:)`` gave for the same size and worker.
    public func deallocate(
        _ pointer: UnsafeMutableRawPointer, byteCount: Int, forWorker worker: Int
    ) {
        let address = UInt(bitPattern: pointer)
        if heapAddresses.withLock({ $0.remove(address) != nil }) {
            AlignedMemory.deallocate(pointer)
            return
        }
        #if NUMA && os(Linux)
            numa_free(pointer, max(byteCount, 1))
        #endif
    }
}
