import TangramUnits

/// Finds a layer placement of high throughput, with a bound.
///
/// Starts from the best single chain, in which every node passes all of the flow, and improves it by
/// annealing on starts and ends of ranges. Deterministic.
public struct LayerPlacementSolver: Sendable {
    /// Steps of the annealing.
    public var stepLimit: Int

    /// Creates a solver.
    public init(stepLimit: Int = 20_000) { self.stepLimit = max(0, stepLimit) }

    /// A placement with its throughput and the bound of all.
    public func solve(_ problem: LayerPlacementProblem) -> LayerPlacement {
        let bound = problem.bound
        var flow = LayerFlow(problem)
        var ranges = chain(problem)
        var now = flow.value(of: ranges)
        var best = LayerPlacement(ranges: ranges, throughput: now, bound: bound)
        var random = SeededGenerator(seed: 20_261_124)
        // From a fiftieth of the bound down to a thousandth of that.
        let hot = max(bound, 1e-9) / 50
        for step in 0..<stepLimit where best.throughput < bound * (1 - 1e-9) {
            let part = 1 - Double(step) / Double(stepLimit)
            let heat = hot * max(1e-3, part * part * part)
            var next = ranges
            guard change(&next, problem, &random) else { continue }
            let value = flow.value(of: next)
            if value > best.throughput {
                best = LayerPlacement(ranges: next, throughput: value, bound: bound)
            }
            // Worse by x is kept with a chance of 1 ÷ (1 + x ÷ heat)²: no exponential is needed.
            let ratio = 1 + max(0, now - value) / heat
            if random.unit() * ratio * ratio < 1 { (ranges, now) = (next, value) }
        }
        return best
    }

    /// All nodes in a row, each with the most layers at which it passes the flow; the largest such
    /// flow for which there are layers enough. What is left starts again at the first layer.
    private func chain(_ problem: LayerPlacementProblem) -> [Range<Int>] {
        func layers(_ node: LayerPlacementProblem.Node, _ flow: Double) -> Int {
            (node.throughputs.lastIndex { $0 >= flow } ?? -1) + 1
        }
        let flows = Set(problem.nodes.flatMap(\.throughputs)).sorted(by: >)
        let flow = flows.first { flow in
            problem.nodes.reduce(0) { $0 + layers($1, flow) } >= problem.layerCount
        }
        var start = 0
        return problem.nodes.map { node in
            let wanted = layers(node, flow ?? 0)
            if start >= problem.layerCount { start = 0 }
            let end = min(problem.layerCount, start + wanted)
            defer { start = end }
            return start..<end
        }
    }

    /// One change of ranges; false where it leaves no placement.
    private func change(
        _ ranges: inout [Range<Int>], _ problem: LayerPlacementProblem,
        _ random: inout SeededGenerator
    ) -> Bool {
        let count = ranges.count
        guard count > 0 else { return false }
        let (node, other) = (Int(random.next() % UInt64(count)), Int(random.next() % UInt64(count)))
        let (own, theirs) = (ranges[node], ranges[other])
        let boundary = Int(random.next() % UInt64(2)) == 0 ? theirs.lowerBound : theirs.upperBound
        let shift = Int(random.next() % UInt64(2)) == 0 ? -1 : 1
        func put(_ node: Int, _ lower: Int, _ upper: Int) -> Bool {
            guard lower >= 0, upper > lower, upper <= problem.layerCount,
                upper - lower <= problem.nodes[node].throughputs.count
            else { return false }
            ranges[node] = lower..<upper
            return true
        }
        switch Int(random.next() % UInt64(6)) {
        case 0: return put(node, boundary, own.upperBound)
        case 1: return put(node, own.lowerBound, boundary)
        case 2: return put(node, theirs.lowerBound, theirs.upperBound)
        case 3: return put(node, own.lowerBound + shift, own.upperBound + shift)
        case 4:
            return put(node, theirs.lowerBound, theirs.upperBound)
                && put(other, own.lowerBound, own.upperBound)
        default:
            // Every range that starts or ends at a boundary moves with it.
            guard boundary > 0, boundary < problem.layerCount else { return false }
            for (index, range) in ranges.enumerated() {
                let lower = range.lowerBound + (range.lowerBound == boundary ? shift : 0)
                let upper = range.upperBound + (range.upperBound == boundary ? shift : 0)
                guard put(index, lower, upper) else { return false }
            }
            return true
        }
    }
}

/// Which layers every node holds.
public struct LayerPlacement: Hashable, Sendable {
    /// For each node its layers, from 0; empty where it holds none.
    public var ranges: [Range<Int>]
    /// Tokens per second that flow through.
    public var throughput: Double
    /// No placement lets more through.
    public var bound: Double

    /// Creates a placement.
    public init(ranges: [Range<Int>], throughput: Double, bound: Double) {
        self.ranges = ranges
        self.throughput = throughput
        self.bound = bound
    }

    /// The distance of throughput and bound, relative to the bound.
    public var gap: Double { relativeGap(throughput, bound) }
}
