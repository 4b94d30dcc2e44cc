public import TangramUnits

/// The CPUs, memory and NUMA nodes of this machine, as far as this process may use them.
public struct HostTopology: Hashable, Sendable {
    /// One NUMA node; a machine without NUMA is one node.
    public struct Node: Hashable, Sendable {
        /// The number that the system gives it.
        public let id: Int
        /// Its CPUs that this process may run on, ascending; empty for a node of memory only, or
        /// one that the process is kept off.
        public let cpus: [Int]
        /// Its memory; nil where unknown.
        public let memoryTotal: Bytes?
        /// Its memory that nothing uses now, page cache not counted as free; nil where unknown.
        public let memoryFree: Bytes?
        /// The relative cost of reaching each node of ``HostTopology/nodes``, in that order; 10 is
        /// the node's own memory (ACPI SLIT). Empty where unknown.
        public let distances: [Int]

        /// Creates a node.
        public init(
            id: Int, cpus: [Int], memoryTotal: Bytes?, memoryFree: Bytes?, distances: [Int]
        ) {
            self.id = id
            self.cpus = cpus
            self.memoryTotal = memoryTotal
            self.memoryFree = memoryFree
            self.distances = distances
        }
    }

    /// A cache as the first allowed CPU sees it.
    public struct Cache: Hashable, Sendable {
        /// "L1 data", "L2", "L3".
        public let name: String
        /// The size of one instance.
        public let size: Bytes
        /// How many CPUs share an instance.
        public let sharingCPUCount: Int

        /// Creates a cache.
        public init(name: String, size: Bytes, sharingCPUCount: Int) {
            self.name = name
            self.size = size
            self.sharingCPUCount = sharingCPUCount
        }
    }

    /// The NUMA nodes, by ascending id; at least one, and at least one with CPUs.
    public let nodes: [Node]
    /// CPUs that the system has online, whether this process may use them or not.
    public let onlineCPUCount: Int
    /// CPUs that this process may run on (affinity and cgroup cpuset), ascending.
    public let allowedCPUs: [Int]
    /// How many CPUs' worth of time the cgroup grants (cpu.max); nil where there is no limit.
    public let cpuQuota: Double?
    /// Whether workers can be placed per node.
    public let numa: NUMAAvailability
    /// The caches, smallest first; empty where unknown.
    public let caches: [Cache]
    /// The processor's name; nil where unknown.
    public let cpuModelName: String?

    /// Creates a topology.
    public init(
        nodes: [Node], onlineCPUCount: Int, allowedCPUs: [Int], cpuQuota: Double? = nil,
        numa: NUMAAvailability, caches: [Cache] = [], cpuModelName: String? = nil
    ) {
        self.nodes = nodes
        self.onlineCPUCount = onlineCPUCount
        self.allowedCPUs = allowedCPUs
        self.cpuQuota = cpuQuota
        self.numa = numa
        self.caches = caches
        self.cpuModelName = cpuModelName
    }

    /// How many threads make sense: one per allowed CPU, no more than the quota rounded up.
    public var usableCPUCount: Int {
        let allowed = max(1, allowedCPUs.count)
        guard let cpuQuota, cpuQuota > 0, cpuQuota < Double(allowed) else { return allowed }
        return max(1, Int(cpuQuota.rounded(.up)))
    }
}
