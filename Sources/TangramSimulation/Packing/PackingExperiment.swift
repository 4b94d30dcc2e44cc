import TangramUnits

/// FGD's experiment: pods of a trace arrive in random order and stay, random ones again until they ask
/// for more than there is (Weng et al., USENIX ATC 2023, §6.1).
public struct PackingExperiment: Sendable {
    /// What the cluster was like when so much had been asked for.
    public struct Point: Hashable, Sendable {
        /// Accelerators asked for by then, over those there are, in percent.
        public var arrivedPercent: Int
        /// Accelerators given out, over those there are, in percent.
        public var allocatedPercent: Double
        /// Part of what is free that is of no use to what is expected, in percent.
        public var fragmentedPercent: Double
    }

    /// One run.
    public struct Result: Sendable {
        /// The policy.
        public var policy: PackingPolicy
        /// One point for each percent of demand.
        public var points: [Point]
        /// Pods that found no room.
        public var refusedCount: Int

        /// Allocation at the end, in percent.
        public var allocatedPercent: Double { points.last?.allocatedPercent ?? 0 }
    }

    private let nodes: [PackingNode]
    private let pods: [PackingPod]
    private let measure: FragmentationMeasure
    private let capacityMilli: Int

    /// Creates an experiment; what is typical is learnt from `pods`.
    public init(nodes: [PackingNode], pods: [PackingPod]) {
        self.nodes = nodes
        self.pods = pods
        measure = FragmentationMeasure(pods, models: nodes.map(\.model))
        capacityMilli = nodes.reduce(0) { $0 + $1.freeTotalMilli }
    }

    /// Places pods until they asked for `demand` times the accelerators.
    public func run(_ policy: PackingPolicy, seed: UInt64, demand: Double = 1.3) -> Result {
        var run = PackingRun(nodes, policy: policy, measure: measure, seed: seed &+ 1)
        var result = Result(policy: policy, points: [], refusedCount: 0)
        guard capacityMilli > 0 else { return result }
        let capacity = Double(capacityMilli)
        var (arrived, allocated) = (0, 0)
        for pod in arrivals(seed: seed, demand: demand) {
            arrived += pod.totalMilli
            if run.place(pod) { allocated += pod.totalMilli } else { result.refusedCount += 1 }
            let percent = Int((100 * Double(arrived) / capacity).rounded(.down))
            if percent > result.points.last?.arrivedPercent ?? -1 {
                let free = capacity - Double(allocated)
                result.points.append(
                    Point(
                        arrivedPercent: percent,
                        allocatedPercent: 100 * Double(allocated) / capacity,
                        fragmentedPercent: free > 0 ? 100 * run.fragment / free : 0))
            }
        }
        return result
    }

    private func arrivals(seed: UInt64, demand: Double) -> [PackingPod] {
        var generator = SeededGenerator(seed: seed)
        var result = pods.shuffled(using: &generator)
        let wanted = demand * Double(capacityMilli)
        var total = 0
        for (index, pod) in result.enumerated() {
            total += pod.totalMilli
            if Double(total) > wanted { return Array(result.prefix(index)) }
        }
        guard total > 0 else { return result }
        while true {
            let pod = pods[generator.index(below: pods.count)]
            total += pod.totalMilli
            guard Double(total) <= wanted else { return result }
            result.append(pod)
        }
    }
}
