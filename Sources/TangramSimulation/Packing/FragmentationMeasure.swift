/// How much of what is free on a node is of no use to the pods that are expected (Weng et al., Beware
/// of Fragmentation, USENIX ATC 2023, §3).
///
/// F(node) = Σ over kinds of pods m of p(m) × f(node, m), where f is all that is free of the node's
/// accelerators where m cannot run there (or needs none), else what is free on accelerators that are
/// too full for m. Kinds of equal demand for accelerators are summed beforehand by their demand for
/// CPUs, so that one node costs a pass over a few dozen kinds.
struct FragmentationMeasure: Sendable {
    private struct Kind: Hashable {
        var count: Int
        var milli: Int
        var models: [String]
    }

    /// Part of the pods that are taken as typical, the most frequent first: FGD's own setting.
    static let typicalPart = 0.95

    /// Demands for a part or a whole of an accelerator, ascending.
    private let levels: [Int]
    /// For each 0...1000 thousandths, how many of `levels` fit.
    private let levelCounts: [Int]
    /// Demands for CPUs, ascending.
    private let cpus: [Int]
    private let kindCounts: [Int]
    private let kindLevels: [Int]
    /// For each kind, whether it runs on each of `models`.
    private let kindModels: [[Bool]]
    /// For each kind, the probability of a pod of it that needs at most so many CPUs, by index.
    private let probabilities: [[Double]]
    private let models: [String: Int]
    /// CPUs that pods with accelerators ask for with a whole accelerator, in the mean, in thousandths.
    private let cpuMilliPerAccelerator: Double

    /// Learns what is typical from `pods`.
    init(_ pods: [PackingPod], models names: [String], typicalPart: Double = typicalPart) {
        var counts: [PackingPod: Int] = [:]
        for pod in pods {
            // Memory is not part of FGD's measure.
            var kind = pod
            kind.memoryMiB = 0
            counts[kind, default: 0] += 1
        }
        let sorted = counts.sorted {
            ($0.value, $0.key.cpuMilli, $0.key.milli, $0.key.acceleratorCount)
                > ($1.value, $1.key.cpuMilli, $1.key.milli, $1.key.acceleratorCount)
        }
        var typical: [(pod: PackingPod, count: Int)] = []
        var seen = 0
        for (pod, count) in sorted where Double(seen) < typicalPart * Double(pods.count) {
            typical.append((pod, count))
            seen += count
        }
        let users = pods.filter { $0.acceleratorCount > 0 }
        let demand = users.reduce(0) { $0 + $1.totalMilli }
        let whole = Double(max(1, demand)) / Double(PackingPod.wholeMilli)
        cpuMilliPerAccelerator = Double(users.reduce(0) { $0 + $1.cpuMilli }) / whole
        let known = Dictionary(
            uniqueKeysWithValues: Set(names).sorted().enumerated().map { ($1, $0) })
        let levels = Set(typical.map(\.pod.milli).filter { $0 > 0 }).sorted()
        let cpus = Set(typical.map(\.pod.cpuMilli)).sorted()
        var kinds: [Kind: [Double]] = [:]
        for (pod, count) in typical where pod.acceleratorCount > 0 {
            let kind = Kind(count: pod.acceleratorCount, milli: pod.milli, models: pod.models)
            let place = cpus.firstIndex(of: pod.cpuMilli) ?? 0
            // Entry r + 1: pods that need no more than the r-th demand for CPUs.
            for rank in place..<cpus.count {
                kinds[kind, default: [Double](repeating: 0, count: cpus.count + 1)][rank + 1] +=
                    Double(count) / Double(seen)
            }
        }
        let list = kinds.sorted {
            ($0.key.milli, $0.key.count, $0.key.models.joined())
                < ($1.key.milli, $1.key.count, $1.key.models.joined())
        }
        self.levels = levels
        self.cpus = cpus
        models = known
        levelCounts = (0...PackingPod.wholeMilli).map { free in levels.filter { $0 <= free }.count }
        kindCounts = list.map(\.key.count)
        kindLevels = list.map { levels.firstIndex(of: $0.key.milli) ?? 0 }
        kindModels = list.map { entry in
            var runs = [Bool](repeating: entry.key.models.isEmpty, count: known.count)
            for name in entry.key.models {
                if let model = known[name] { runs[model] = true }
            }
            return runs
        }
        probabilities = list.map(\.value)
    }

    /// Thousandths of the node's accelerators that are free but of no use, in the mean over kinds.
    func fragment(_ node: PackingNode) -> Double {
        fragment(cpuMilli: node.freeCPUMilli, free: node.freeMilli, model: node.model)
    }

    /// Thousandths of accelerators that are free beyond what the node's free CPUs can feed at the mean
    /// demand: what single pods that still fit do not show.
    func stranded(_ node: PackingNode) -> Double {
        guard cpuMilliPerAccelerator > 0 else { return 0 }
        let fed = Double(node.freeCPUMilli) / cpuMilliPerAccelerator * Double(PackingPod.wholeMilli)
        return max(0, Double(node.freeTotalMilli) - fed)
    }

    /// The same for what would be free.
    func fragment(cpuMilli: Int, free: [Int], model: String) -> Double {
        guard let model = models[model] else { return 0 }
        // How many accelerators, and how much on them, are free enough for each level.
        var counts = [Int](repeating: 0, count: levels.count + 1)
        var sums = counts
        var total = 0
        for milli in free {
            let level = levelCounts[milli]
            counts[level] += 1
            sums[level] += milli
            total += milli
        }
        guard total > 0 else { return 0 }
        for level in stride(from: levels.count - 1, through: 0, by: -1) {
            counts[level] += counts[level + 1]
            sums[level] += sums[level + 1]
        }
        var (low, high) = (0, cpus.count)
        while low < high {
            let middle = (low + high) / 2
            if cpus[middle] <= cpuMilli { low = middle + 1 } else { high = middle }
        }
        var useful = 0.0
        for kind in kindCounts.indices {
            // Entry l + 1 counts what is free enough for level l.
            let level = kindLevels[kind] + 1
            if counts[level] >= kindCounts[kind], kindModels[kind][model] {
                useful += probabilities[kind][low] * Double(sums[level])
            }
        }
        return Double(total) - useful
    }
}
