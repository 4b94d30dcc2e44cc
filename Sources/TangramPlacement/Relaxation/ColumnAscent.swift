/// Lowers the bound of a placement problem to that of its linear relaxation, by columns.
///
/// The subgradient method of ``DualAscent`` comes near quickly and then creeps; this ends.
struct ColumnAscent {
    /// The lowest bound found.
    private(set) var bound: Double
    /// The prices it was found at, per scale of the table.
    private(set) var prices: [Double]
    /// Times that all menus were priced.
    private(set) var iterationCount = 0
    /// Whether the bound is that of the linear relaxation.
    private(set) var isConverged = false

    private let table: MenuTable
    private var master: PriceMaster
    /// For each answer of the master the choices of all items, -1 for none.
    private var choices: [[Int32]]

    /// Continues from `ascent`, with `start` as an answer that keeps to all limits.
    init(_ table: MenuTable, ascent: DualAscent, start: Assignment) {
        self.table = table
        bound = ascent.bound
        prices = ascent.prices
        let problem = table.problem
        let usage = table.scales.indices.map { resource in
            (problem.fullCapacities[resource] - start.free[resource]) / table.scales[resource]
        }
        // The start may need supplies: as an answer without them it would not fit, so it is given
        // as one that uses no more than the capacities, fined for what supplies cost.
        master = PriceMaster(
            limits: table.limits,
            supplies: problem.supplies.map { supply in
                (
                    supply.resource,
                    supply.amount * Double(supply.limit) / table.scales[supply.resource],
                    problem.paysSupplies ? supply.cost * Double(supply.limit) : 0
                )
            }, value: start.objective, usage: zip(usage, table.limits).map { min($0, $1) })
        choices = [start.choices.map(Int32.init)]
        for answer in ascent.recent {
            master.add(value: answer.value, usage: answer.usage)
            choices.append(answer.choices)
        }
    }

    /// Iterates until the bound is that of the relaxation within `gap`, `limit` is reached or
    /// `isOver` says so.
    mutating func run(limit: Int, gap: Double, isOver: () -> Bool) {
        // How much of the best prices goes into a query: none where the master's are as good.
        var smoothing = 0.5
        while iterationCount < limit && !isOver() {
            master.solve()
            if bound - master.objective <= gap * max(abs(bound), 1e-300) {
                isConverged = true
                return
            }
            let own = master.prices
            let smooth = zip(prices, own).map { smoothing * $0 + (1 - smoothing) * $1 }
            var isUseful = false
            for query in [smooth, own] {
                let response = table.respond(to: query)
                iterationCount += 1
                let found = response.total + table.worth(of: query)
                let value = response.value(at: query)
                if found < bound {
                    bound = found
                    prices = query
                }
                let gain = master.reducedValue(value, response.usage)
                if gain > 1e-12 * max(abs(bound), 1e-300) {
                    master.add(value: value, usage: response.usage)
                    choices.append(response.choices)
                    isUseful = true
                    smoothing = min(0.8, smoothing + 0.05)
                    break
                }
                smoothing *= 0.5
            }
            guard isUseful else {
                isConverged = true
                return
            }
        }
    }

    /// One choice for each item, such that answers of the relaxation are followed by as many items
    /// as their weights say: together they use about what the relaxation uses.
    var roundedChoices: [Int32] {
        var ends: [(end: Double, answer: Int)] = []
        var sum = 0.0
        for (answer, weight) in master.answerWeights {
            sum += weight
            ends.append((sum, answer))
        }
        guard let last = ends.last else { return [] }
        return choices[0].indices.map { item in
            // Multiples of the golden ratio are spread evenly, however few items there are.
            let place = (Double(item) * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)
            let answer = ends.first { place * sum < $0.end }?.answer ?? last.answer
            return choices[answer][item]
        }
    }
}
