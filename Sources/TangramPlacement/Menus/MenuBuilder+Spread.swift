import TangramCost
import TangramHardware

/// Ways to lay replicas out so that a failure leaves enough of them.
extension MenuBuilder {
    /// One way to lay out the replicas of a service on a part.
    struct ReplicaWay {
        /// How many may share a domain.
        var limits: [BlockRules.Limit]
        /// How many the load is carried without.
        var spare = 0
    }

    /// The ways to lay out `count` replicas of `unit` accelerators that the job's spread and the
    /// pool's promise to survive a failure allow; none where there is no such way.
    func ways(_ job: Job, part: Int, unit: Int, count: Int) -> [ReplicaWay] {
        var limits: [BlockRules.Limit] = []
        if let spread = job.spread, spread.domain.isWithinPool {
            let most = spread.limit(of: count)
            guard most >= 1, reach(spread.domain, part, unit: unit) * most >= count else {
                return []
            }
            limits.append(.init(domain: spread.domain, most: most))
        }
        guard parts[part].survivesNodeFailure else { return [ReplicaWay(limits: limits)] }
        let perNode = parts[part].group.acceleratorsPerNode
        // A replica over several nodes is lost with any of them, and no other is.
        guard unit < perNode else {
            return count > 1 ? [ReplicaWay(limits: limits, spare: 1)] : []
        }
        let nodeCount = parts[part].nodes.count
        let densest = min(perNode / unit, count)
        var most = (count - 1) / max(1, nodeCount) + 1
        var result: [ReplicaWay] = []
        while most <= densest, most < count {
            result.append(
                ReplicaWay(
                    limits: limits + [.init(domain: .node, most: most)], spare: most))
            if most == densest { break }
            most = min(densest, most * 2)
        }
        return result
    }

    /// How many domains of a kind replicas of `unit` accelerators may be spread over.
    private func reach(_ domain: FailureDomain, _ part: Int, unit: Int) -> Int {
        let pool = scenario.cluster.pools[parts[part].poolIndex]
        return Set(parts[part].nodes.map { domain.index(ofNode: $0, in: pool) }).count
    }

    /// The most replicas that one node can take with it where the pool survives its loss.
    func largestSpare(_ part: Int, unit: Int) -> Int {
        guard parts[part].survivesNodeFailure else { return 0 }
        return max(1, parts[part].group.acceleratorsPerNode / max(1, unit))
    }

    /// Why no number of replicas of `unit` accelerators will do on a pool.
    func missing(_ job: Job, _ poolIndex: Int, _ unit: Int) -> String {
        if scenario.cluster.pools[poolIndex].survivesNodeFailure {
            return "no replica of \(unit) would be left if one node failed"
        }
        if let spread = job.spread, spread.domain.isWithinPool {
            return
                "replicas of \(unit) cannot be spread so that no \(spread.domain.rawValue) holds "
                + "more than \(Int((spread.most * 100).rounded())) % of them"
        }
        return "replicas of \(unit) come to no number that the job allows"
    }

    /// Whether the demand of a job may not be divided: it is kept together with others or apart from
    /// them as a whole.
    func staysWhole(_ job: Job) -> Bool {
        scenario.affinities.contains {
            ($0.effect == .together || !$0.domain.isWithinPool) && $0.jobs.matches(job)
        }
    }

    /// How many shares the demand is divided into, so that a pool or a site carries no more than the
    /// job's spread allows, and nearly as much.
    func shareCount(_ job: Job, atLeast count: Int) -> Int {
        guard let spread = job.spread, !spread.domain.isWithinPool else { return count }
        let candidates = count...max(count, Self.spreadShareLimit)
        return candidates.first { number in
            // Within a tenth of what is allowed: more shares make a larger problem.
            Double(spread.limit(of: number)) >= 0.9 * spread.most * Double(number)
        } ?? candidates.upperBound
    }

    private static let spreadShareLimit = 64
}
