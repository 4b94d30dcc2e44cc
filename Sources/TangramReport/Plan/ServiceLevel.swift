import TangramCost
import TangramPlacement
import TangramUnits

/// Whether a placement of a served model keeps what the job asks for.
enum ServiceLevel: String {
    case met
    case missed
    /// The job has no limits.
    case none

    /// Limits are compared with this slack, because estimates are made to just meet them.
    private static let slack = 1 + 1e-6

    init(_ estimate: ServingEstimate, demand: ServingDemand) {
        self.init(
            first: estimate.timeToFirstToken, each: estimate.timePerOutputToken, demand: demand)
    }

    /// Of an option that states times; none where it does not.
    init(_ option: CostedOption, demand: ServingDemand) {
        guard let first = option.timeToFirstToken, let each = option.timePerOutputToken else {
            self = .none
            return
        }
        self.init(first: first, each: each, demand: demand)
    }

    private init(first reachedFirst: Seconds, each reachedEach: Seconds, demand: ServingDemand) {
        // Capacities of a percentile keep its limits, which means lie below.
        let first = demand.timeToFirstToken
        let each = demand.timePerOutputToken
        guard first != nil || each != nil else {
            self = .none
            return
        }
        let isFirstMet = first.map { reachedFirst.value <= $0.value * Self.slack }
        let isEachMet = each.map { reachedEach.value <= $0.value * Self.slack }
        self = isFirstMet ?? true && isEachMet ?? true ? .met : .missed
    }

    init(_ placement: ServingPlacement, demand: ServingDemand) {
        self.init(placement.estimate, demand: demand)
        if placement.load.value > placement.capacity.value * Self.slack { self = .missed }
    }

    /// The cell of a table.
    var cell: TextTable.Cell {
        switch self {
        case .met: .init("met", .green)
        case .missed: .init("missed", .red)
        case .none: .init("no limit", .dim)
        }
    }
}
