import TangramCost
import TangramPlacement

/// Whether a placement of a served model keeps what the job asks for.
enum ServiceLevel: String {
    case met
    case missed
    /// The job has no limits.
    case none

    /// Limits are compared with this slack, because estimates are made to just meet them.
    private static let slack = 1 + 1e-6

    init(_ estimate: ServingEstimate, demand: ServingDemand) {
        let first = demand.timeToFirstToken
        let each = demand.timePerOutputToken
        guard first != nil || each != nil else {
            self = .none
            return
        }
        let isFirstMet = first.map { estimate.timeToFirstToken.value <= $0.value * Self.slack }
        let isEachMet = each.map { estimate.timePerOutputToken.value <= $0.value * Self.slack }
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
