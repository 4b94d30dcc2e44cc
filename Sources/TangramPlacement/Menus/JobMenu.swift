import TangramCost
import TangramHardware
import TangramUnits

/// What can be done with one job, or with one share of its demand.
struct JobMenu {
    /// The job, by index in the scenario.
    var jobIndex: Int
    /// The part of the job's demand that this menu is for: 1, or less where demand is divided.
    var share: Double
    /// Ways to do it.
    var options: [MenuOption]
    /// Why pools offer nothing, by pool index.
    var refusals: [(poolIndex: Int, reason: PoolRejection.Reason)]
    /// Where it runs now; nil where it does not.
    var current: CurrentPlacement?

    /// The same menu with some of its options, in that order.
    func keeping(_ indices: [Int]) -> JobMenu {
        var menu = self
        menu.options = indices.map { options[$0] }
        return menu
    }
}

/// One way to do a job: what runs on which parts, and what it is worth.
struct MenuOption {
    /// What runs.
    enum Work {
        /// Training.
        case train(TrainingEstimate)
        /// This many replicas.
        case serve(ServingEstimate, replicaCount: Int)
        /// What an embedder's table says.
        case table(CostedOption)
    }

    /// What runs.
    var work: Work
    /// Parts with the accelerators taken of each, best part first. They may be of unlike pools: the
    /// solver, the packer and the plan take any number of them.
    var parts: [OptionPart]
    /// Fraction of the demand it meets, 0...1.
    var satisfaction: Double
    /// What preferences multiply its value by.
    var preference: Double
    /// What its accelerators cost per hour; nil where the pool has no price.
    var cost: MoneyRate?
    /// Power of its accelerators.
    var power: Double
    /// The part of its capacity that the load may take, because one node may fail.
    var usableShare = 1.0
    /// Whether it is what the job runs as now, on the nodes that it has.
    var isCurrent = false
    /// The part of the plan's period that is lost because the job moves, 0...1.
    var moveShare = 0.0

    /// Accelerators of all parts.
    var acceleratorCount: Int { parts.reduce(0) { $0 + $1.acceleratorCount } }

    /// The pools it is on, by index, in the order of its parts, each once.
    func pools(_ all: [PoolPart]) -> [Int] {
        var result: [Int] = []
        for entry in parts where !result.contains(all[entry.part].poolIndex) {
            result.append(all[entry.part].poolIndex)
        }
        return result
    }

    /// Fraction of time that all its pools are up: it runs only where each of them does.
    func availability(_ all: [PoolPart], _ cluster: Cluster) -> Double {
        pools(all).reduce(1) { min($0, cluster.pools[$1].availability) }
    }
}
