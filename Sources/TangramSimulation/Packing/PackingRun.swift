import TangramUnits

/// Pods that arrive one after the other and stay, on nodes, under one policy.
struct PackingRun {
    private let policy: PackingPolicy
    private(set) var nodes: [PackingNode]
    private let measure: FragmentationMeasure
    private var generator: SeededGenerator
    /// Fragmentation of every node as it is.
    private var fragments: [Double]
    /// How often each node changed.
    private var versions: [Int]
    /// For each shape of pod, what each node would be worth and since which version.
    private var scores: [PackingPod: [Score]] = [:]

    private struct Score {
        /// The lower the better; infinite where there is no room.
        var value: Double
        var version: Int
        /// The accelerator that a part goes to.
        var accelerator: Int
    }

    init(
        _ nodes: [PackingNode], policy: PackingPolicy, measure: FragmentationMeasure, seed: UInt64
    ) {
        self.nodes = nodes
        self.policy = policy
        self.measure = measure
        generator = SeededGenerator(seed: seed)
        fragments = nodes.map { measure.fragment($0) }
        versions = nodes.map { _ in 0 }
    }

    /// Sum over all nodes, in thousandths.
    var fragment: Double { fragments.reduce(0, +) }

    /// Places `pod`; false where no node has room.
    mutating func place(_ pod: PackingPod) -> Bool {
        guard let (node, accelerators) = choose(pod) else { return false }
        nodes[node].take(pod, on: accelerators)
        versions[node] += 1
        fragments[node] = measure.fragment(nodes[node])
        return true
    }

    private mutating func choose(_ pod: PackingPod) -> (node: Int, accelerators: [Int])? {
        switch policy {
        case .random:
            var (chosen, count) = (-1, 0)
            for index in nodes.indices where nodes[index].fits(pod) {
                count += 1
                // Each of those seen so far is kept with equal probability (reservoir sampling).
                if generator.index(below: count) == 0 { chosen = index }
            }
            guard chosen >= 0 else { return nil }
            return (chosen, anyAccelerators(of: chosen, pod))
        case .firstFit:
            guard let node = nodes.firstIndex(where: { $0.fits(pod) }) else { return nil }
            return (node, nodes[node].firstFitting(pod))
        case .bestFit, .fragmentationGradient, .tangram: return chooseByScore(pod)
        }
    }

    private mutating func anyAccelerators(of node: Int, _ pod: PackingPod) -> [Int] {
        guard pod.acceleratorCount == 1, pod.milli < PackingPod.wholeMilli else {
            return nodes[node].firstFitting(pod)
        }
        let fitting = nodes[node].freeMilli.indices.filter {
            nodes[node].freeMilli[$0] >= pod.milli
        }
        return [fitting[generator.index(below: fitting.count)]]
    }

    private mutating func chooseByScore(_ pod: PackingPod) -> (node: Int, accelerators: [Int])? {
        var known =
            scores.removeValue(forKey: pod)
            ?? [Score](
                repeating: Score(value: .infinity, version: -1, accelerator: 0), count: nodes.count)
        var best = (value: Double.infinity, node: -1)
        for index in nodes.indices {
            if known[index].version != versions[index] {
                known[index] = score(pod, index)
            }
            let value = known[index].value
            if value < best.value {
                best = (value, index)
            }
        }
        let accelerator = best.node >= 0 ? known[best.node].accelerator : 0
        scores[pod] = known
        guard best.node >= 0 else { return nil }
        let isPart = pod.acceleratorCount == 1 && pod.milli < PackingPod.wholeMilli
        return (best.node, isPart ? [accelerator] : nodes[best.node].firstFitting(pod))
    }

    private func score(_ pod: PackingPod, _ index: Int) -> Score {
        let node = nodes[index]
        guard node.fits(pod) else {
            return Score(value: .infinity, version: versions[index], accelerator: 0)
        }
        var best = Score(value: .infinity, version: versions[index], accelerator: 0)
        for choice in choices(pod, node) {
            var after = node
            after.take(pod, on: choice)
            let value = self.value(pod, after, index)
            if value < best.value {
                best.value = value
                best.accelerator = choice.first ?? 0
            }
        }
        return best
    }

    /// Ways to place `pod` on `node` that lead to different states; for best fit the one on the
    /// fullest accelerator.
    private func choices(_ pod: PackingPod, _ node: PackingNode) -> [[Int]] {
        guard pod.acceleratorCount == 1, pod.milli < PackingPod.wholeMilli else {
            return [node.firstFitting(pod)]
        }
        if policy == .bestFit {
            let fitting = node.freeMilli.indices.filter { node.freeMilli[$0] >= pod.milli }
            return fitting.min { node.freeMilli[$0] < node.freeMilli[$1] }.map { [[$0]] } ?? []
        }
        var seen: Set<Int> = []
        var result: [[Int]] = []
        for (index, free) in node.freeMilli.enumerated() where free >= pod.milli {
            if seen.insert(free).inserted { result.append([index]) }
        }
        return result
    }

    /// What a node would be like after the pod; lower is better.
    private func value(_ pod: PackingPod, _ after: PackingNode, _ index: Int) -> Double {
        switch policy {
        case .random, .firstFit: return 0
        case .bestFit:
            let left =
                Double(after.freeCPUMilli) / Self.largestCPUMilli
                + Double(after.freeTotalMilli) / Self.largestMilli
            return Self.score(1 - left / 2)
        case .fragmentationGradient:
            let growth = measure.fragment(after) - fragments[index]
            return Self.score(1 / (1 + exponential(growth / 1_000)))
        case .tangram:
            let growth = measure.fragment(after) - fragments[index]
            let stranding = measure.stranded(after) - measure.stranded(nodes[index])
            return growth + Self.strandingWeight * stranding
                + Self.fullnessWeight * Double(after.freeTotalMilli)
        }
    }

    /// Kubernetes counts scores in whole numbers of 0...100, so that nearly equal nodes are equal and
    /// the first of them is taken; the published curves follow from that.
    private static func score(_ value: Double) -> Double { -(100 * value).rounded(.down) }

    /// CPUs of the largest node, for the weights of best fit: 128, as FGD's authors took it.
    private static let largestCPUMilli = 128_000.0
    /// Accelerators of the largest node: 8.
    private static let largestMilli = 8_000.0
    /// What stranding counts against fragmentation; found on the pod lists gpushare100 and
    /// multigpu50, where 0.25, 0.5 and 1 differ by 0.1 points.
    private static let strandingWeight = 0.25
    /// Prefers fuller nodes among all but equal ones: 10 thousandths for eight free accelerators.
    private static let fullnessWeight = 10.0 / 8_000
}
