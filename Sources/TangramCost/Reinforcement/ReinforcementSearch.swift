import TangramUnits

/// Finds how one set of accelerators does a step of reinforcement learning best: in turns, or some of
/// them sampling while the others learn.
public struct ReinforcementSearch: Sendable {
    /// What is asked for.
    public let demand: ReinforcementDemand
    /// The accelerators.
    public let group: DeviceGroup

    /// Prepares a search.
    public init(_ demand: ReinforcementDemand, group: DeviceGroup) {
        self.demand = demand
        self.group = group
    }

    /// Numbers of nodes that sample, of `nodeCount`: eighths of them, each once.
    public static func samplingNodes(of nodeCount: Int) -> [Int] {
        var counts: [Int] = []
        for eighth in 1..<8 {
            let count = nodeCount * eighth / 8
            if count > 0, count < nodeCount, counts.last != count { counts.append(count) }
        }
        return counts
    }

    /// The ways that run, fastest first; at least one, or why there is none.
    public func ranked(count: Int) -> Result<[ReinforcementEstimate], Rejection> {
        var found: [ReinforcementEstimate] = []
        var reason: Rejection?
        func add(_ model: ReinforcementModel) {
            switch model.estimate() {
            case .success(let estimate): found.append(estimate)
            case .failure(let rejection): reason = reason ?? rejection
            }
        }
        add(ReinforcementModel(demand, group: group, count: count))
        let perNode = max(1, group.acceleratorsPerNode)
        for nodes in Self.samplingNodes(of: count / perNode) {
            add(
                ReinforcementModel(
                    demand, rollouts: [.init(group, nodes * perNode)],
                    learner: .init(group, count - nodes * perNode)))
        }
        guard !found.isEmpty else {
            return .failure(
                reason ?? .noLayout(acceleratorCount: count, reason: "no accelerators given"))
        }
        // Ways that are equally fast stay in the order in which they were tried.
        return .success(
            found.enumerated().sorted {
                ($0.element.step.value, $0.offset) < ($1.element.step.value, $1.offset)
            }.map(\.element))
    }
}
