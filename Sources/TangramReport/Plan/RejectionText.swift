import TangramCost
import TangramPlacement
import TangramUnits

/// What ruled a pool out, in words, and how near it came.
enum RejectionText {
    /// One word for the kind of obstacle.
    static func kind(_ reason: PoolRejection.Reason) -> String {
        switch reason {
        case .policy: "policy"
        case .outbid: "outbid"
        case .worse: "worse"
        case .infeasible(let rejection):
            switch rejection {
            case .formatUnsupported: "precision"
            case .noLayout: "layout"
            case .memory: "memory"
            case .timeToFirstToken, .timePerOutputToken: "SLO"
            case .deadline: "deadline"
            case .capacity: "capacity"
            case .invalidInput: "input"
            }
        }
    }

    /// What ruled it out.
    static func text(_ reason: PoolRejection.Reason) -> String {
        switch reason {
        case .policy(let rule): rule
        case .infeasible(let rejection): rejection.description
        case .outbid(let option):
            outbid(option)
        case .worse(let option, let chosen): comparison(option, chosen)
        }
    }

    private static func outbid(_ option: OutbidOption) -> String {
        let (value, price) = formatPair(option.value, option.price)
        return
            "\(option.summary) would work: worth \(value) to this job, but \(price) to others at "
            + "the plan's prices"
    }

    /// In what an option that works falls behind the one that was chosen.
    private static func comparison(_ option: OutbidOption, _ chosen: OutbidOption) -> String {
        let start = "\(option.summary) on \(option.acceleratorCount) would work"
        if option.value < chosen.value * (1 - sameShare) {
            let (value, best) = formatPair(option.value, chosen.value)
            return start + ", but is worth \(value) to this job, \(best) where it is"
        }
        if option.price > chosen.price * (1 + sameShare), option.price > 0 {
            let (price, least) = formatPair(option.price, chosen.price)
            return start
                + ", but is worth \(price) to others at the plan's prices, \(least) where it is"
        }
        if let cost = option.cost, let least = chosen.cost, cost > least {
            return start + " as well, but costs \(cost), \(least) where it is"
        }
        return start + " as well, at no advantage"
    }

    /// Values that differ by less than this part are the same to a reader.
    private static let sameShare = 1e-6

    /// How far the pool was from being used, relative to what was needed; infinite where no
    /// amount of hardware helps.
    static func distance(_ reason: PoolRejection.Reason) -> Double {
        switch reason {
        case .policy: return .infinity
        case .worse: return 0
        case .outbid(let option):
            return option.price > 0 ? max(0, option.price - option.value) / option.price : 0
        case .infeasible(let rejection):
            switch rejection {
            case .formatUnsupported, .noLayout, .invalidInput: return .greatestFiniteMagnitude
            case .memory(_, let shortfall, _, let largest):
                return shortfall.value / max(1, largest.value)
            case .timeToFirstToken(let best, let limit), .timePerOutputToken(let best, let limit),
                .deadline(let best, let limit):
                return limit.value > 0 ? best / limit - 1 : .greatestFiniteMagnitude
            case .capacity(let needed, let available):
                return available > 0
                    ? Double(needed) / Double(available) - 1 : .greatestFiniteMagnitude
            }
        }
    }
}
