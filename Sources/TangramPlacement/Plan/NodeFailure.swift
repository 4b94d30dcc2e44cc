import TangramHardware
import TangramUnits

/// A node whose loss breaks a service level, and what it breaks.
public struct NodeFailure: Hashable, Sendable {
    /// The pool.
    public var poolID: String
    /// The node, by index within its pool.
    public var node: Int
    /// Jobs that could not go on as planned, with the reason.
    public var broken: [String: String]

    /// Creates a failure.
    public init(poolID: String, node: Int, broken: [String: String]) {
        self.poolID = poolID
        self.node = node
        self.broken = broken
    }
}

extension Plan {
    /// The nodes of a pool whose loss breaks a service level, from what the plan places where: each
    /// node is failed in turn.
    ///
    /// A service goes on where the replicas that do not touch the node can carry its load. Training
    /// goes on where a node is free that is no worse, in the same scale-up domain where domains span
    /// nodes; the time until it has restarted there is not counted.
    ///
    /// - Complexity: O(nodes + placements × nodes of each).
    public func failures(ofNodesIn poolID: String, of scenario: Scenario) -> [NodeFailure] {
        guard let pool = scenario.cluster.pools.first(where: { $0.id == poolID }) else { return [] }
        var holders: [Int: [(job: Int, placement: Int, count: Int)]] = [:]
        for (index, job) in jobs.enumerated() {
            for (position, placement) in job.placements.enumerated()
            where placement.poolID == poolID {
                var counts: [Int: Int] = [:]
                for entry in placement.nodes {
                    counts[entry.node, default: 0] += entry.accelerators.count
                }
                for (node, count) in counts {
                    holders[node, default: []].append((index, position, count))
                }
            }
        }
        let spares = (0..<pool.nodeCount).filter {
            holders[$0] == nil && pool.state(ofNode: $0).speed > 0
        }
        return holders.keys.sorted().compactMap { node in
            var broken: [String: String] = [:]
            for holder in holders[node] ?? [] {
                let job = jobs[holder.job]
                if let reason = loss(
                    of: node, holding: holder.count, job.placements[holder.placement], pool, spares)
                {
                    broken[job.jobID] = reason
                }
            }
            return broken.isEmpty ? nil : NodeFailure(poolID: poolID, node: node, broken: broken)
        }
    }

    /// Why a placement that holds `count` accelerators of `node` cannot go on without it.
    private func loss(
        of node: Int, holding count: Int, _ placement: Placement, _ pool: Pool, _ spares: [Int]
    ) -> String? {
        func left(_ capacity: Double, _ load: Double, replicas: Int, unit: Int) -> String? {
            let lost = unit < pool.acceleratorsPerNode ? (count + unit - 1) / max(1, unit) : 1
            let rest = capacity * Double(max(0, replicas - lost)) / Double(max(1, replicas))
            guard rest < load * (1 - 1e-9) else { return nil }
            return "\(replicas - lost) of \(replicas) replicas carry \(RequestRate(rest)) of "
                + "\(RequestRate(load))"
        }
        switch placement.work {
        case .serve(let serving):
            return left(
                serving.capacity.value, serving.load.value, replicas: serving.replicaCount,
                unit: serving.estimate.acceleratorCount)
        case .table(let entry):
            guard let load = entry.load else { break }
            let unit =
                entry.option.parts.first { $0.poolID == pool.id }?.blockSize
                ?? placement.acceleratorCount
            return left(
                entry.rate, load.value, replicas: placement.acceleratorCount / max(1, unit),
                unit: unit)
        case .train: break
        }
        let perDomain = max(1, pool.scaleUp.size / max(1, pool.acceleratorsPerNode))
        let state = pool.state(ofNode: node)
        let hasSpare = spares.contains { spare in
            let other = pool.state(ofNode: spare)
            return other.speed >= state.speed && other.memory >= state.memory
                && (perDomain == 1 || spare / perDomain == node / perDomain)
        }
        return hasSpare ? nil : "no node is free to go on with"
    }
}

extension Pool {
    /// The health of a node; of records about the same node the last counts.
    func state(ofNode node: Int) -> (speed: Double, memory: Double) {
        health.last { $0.nodes.contains(node) }.map { ($0.speed, $0.memory) } ?? (1, 1)
    }
}
