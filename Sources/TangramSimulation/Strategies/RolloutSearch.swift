import TangramPlacement

/// Looks for what to start now by playing several rules to their ends: the least sum of completion times
/// wins (rollout, Bertsekas, Tsitsiklis and Wu, J. Heuristics 1997).
///
/// Candidates are what each rule starts, what a programme in whole numbers starts for each exponent of
/// length, and a plan from elsewhere. The last two go on by the best rule once the first job ends.
struct RolloutSearch: Sendable {
    /// Exponents of length: 0, ½ or 1.
    let lengths: [Double]
    /// Exponents of speed: as much as it gains, and twice and four times as keen on fast pools.
    private static let speeds = [1.0, 2, 4]
    /// Most jobs that rules are played with: the time of a play grows with their square.
    static let jobLimit = 400

    /// The rule for more jobs than are played with.
    private var ruleOfThumb: Rollout.Rule { Rollout.Rule(length: lengths.last ?? 0, speed: 2) }

    /// The options to run by.
    ///
    /// - Parameter planned: A plan from elsewhere with what it comes to.
    func choices(
        _ state: ClusterState, planned: (choices: [Int?], total: Double)? = nil
    ) -> [Int?] {
        guard state.jobs.count <= Self.jobLimit else {
            return planned?.choices ?? Rollout(state).first(ruleOfThumb)
        }
        let rollout = Rollout(state)
        var best = planned
        var follower: (rule: Rollout.Rule, outcome: Rollout.Outcome)?
        for length in lengths {
            for speed in Self.speeds {
                let rule = Rollout.Rule(length: length, speed: speed)
                let limit = follower?.outcome.total ?? .infinity
                guard let outcome = rollout.play(rule, limit: limit) else { continue }
                follower = (rule, outcome)
            }
        }
        guard let follower else { return planned?.choices ?? state.jobs.map(\.option) }
        func consider(_ choices: [Int?], _ total: Double) {
            if total < best?.total ?? .infinity { best = (choices, total) }
        }
        consider(follower.outcome.first, follower.outcome.total)
        let programmes = lengths.compactMap { rollout.programme(length: $0) }
        for start in [planned?.choices].compactMap({ $0 }) + programmes {
            let limit = best?.total ?? .infinity
            if let outcome = rollout.play(follower.rule, from: start, limit: limit) {
                consider(start, outcome.total)
            }
        }
        return best?.choices ?? follower.outcome.first
    }
}

extension Rollout {
    /// Nodes that exact search may visit for one programme, so that it takes milliseconds.
    private static let nodeLimit = 200

    /// At most one option for each job under the devices of each pool: Σ weight × speed ÷ (time left ×
    /// devices)^α is most.
    fileprivate func programme(length: Double) -> [Int?]? {
        let items = ways.indices.map { job -> [PlacementProblem.Option] in
            let hours = seconds(job) / 3_600
            return ways[job].map { way in
                // Getting there counts as being slower.
                let slower = hours > 0 ? hours / (hours + way.delay / 3_600) : 1
                let devices = Double(way.option.totalDeviceCount)
                return PlacementProblem.Option(
                    value: weights[job] * way.speed * slower / Self.power(hours * devices, length),
                    uses: way.option.shares.map {
                        .init(resource: $0.pool, amount: Double($0.deviceCount))
                    })
            }
        }
        guard
            let problem = try? PlacementProblem(
                capacities: capacities.map(Double.init), items: items),
            let solution = try? PlacementSolver(
                iterationLimit: 100, nodeLimit: Self.nodeLimit
            ).solve(problem)
        else { return nil }
        return solution.choices.enumerated().map { job, choice in
            choice.map { ways[job][$0].index }
        }
    }
}
