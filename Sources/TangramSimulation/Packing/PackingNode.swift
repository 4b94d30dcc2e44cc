/// A node whose accelerators can be shared by thousandths.
public struct PackingNode: Hashable, Sendable {
    /// The name.
    public var name: String
    /// Thousandths of a CPU that are free.
    public internal(set) var freeCPUMilli: Int
    /// MiB of memory that are free.
    public internal(set) var freeMemoryMiB: Int
    /// For each accelerator, thousandths of it that are free.
    public internal(set) var freeMilli: [Int]
    /// The model of its accelerators; empty where it has none.
    public let model: String

    /// Creates an empty node; counts are at least 0.
    public init(
        name: String, cpuMilli: Int, memoryMiB: Int, acceleratorCount: Int, model: String
    ) {
        self.name = name
        freeCPUMilli = max(0, cpuMilli)
        freeMemoryMiB = max(0, memoryMiB)
        freeMilli = [Int](repeating: PackingPod.wholeMilli, count: max(0, acceleratorCount))
        self.model = model
    }

    /// Thousandths of accelerators that are free.
    public var freeTotalMilli: Int { freeMilli.reduce(0, +) }

    /// Whether `pod` fits now.
    public func fits(_ pod: PackingPod) -> Bool {
        guard pod.cpuMilli <= freeCPUMilli, pod.memoryMiB <= freeMemoryMiB else { return false }
        guard pod.acceleratorCount > 0 else { return true }
        guard pod.models.isEmpty || pod.models.contains(model) else { return false }
        var count = 0
        for free in freeMilli where free >= pod.milli { count += 1 }
        return count >= pod.acceleratorCount
    }

    /// Puts `pod`, which fits, on the accelerators `chosen`.
    mutating func take(_ pod: PackingPod, on chosen: [Int]) {
        freeCPUMilli -= pod.cpuMilli
        freeMemoryMiB -= pod.memoryMiB
        for index in chosen { freeMilli[index] -= pod.milli }
    }

    /// The first accelerators that are free enough, so many as `pod` needs.
    func firstFitting(_ pod: PackingPod) -> [Int] {
        Array(
            freeMilli.indices.lazy.filter { freeMilli[$0] >= pod.milli }
                .prefix(pod.acceleratorCount))
    }
}

/// What asks for part of a node: CPUs, memory, and whole accelerators or a part of one.
public struct PackingPod: Hashable, Sendable {
    /// Thousandths of an accelerator that make a whole one.
    public static let wholeMilli = 1_000

    /// Thousandths of a CPU.
    public var cpuMilli: Int
    /// MiB of memory.
    public var memoryMiB: Int
    /// Accelerators; more than one are whole ones.
    public var acceleratorCount: Int
    /// Thousandths of each.
    public var milli: Int
    /// Models that it can run on; any where empty.
    public var models: [String]

    /// Creates a pod.
    public init(
        cpuMilli: Int, memoryMiB: Int, acceleratorCount: Int, milli: Int, models: [String] = []
    ) {
        self.cpuMilli = cpuMilli
        self.memoryMiB = memoryMiB
        self.acceleratorCount = acceleratorCount
        self.milli = acceleratorCount > 0 ? milli : 0
        self.models = models.sorted()
    }

    /// Thousandths of accelerators in all.
    public var totalMilli: Int { acceleratorCount * milli }
}
