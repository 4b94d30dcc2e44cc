/// The options of a ``TimeSharedProblem`` as flat arrays, amounts relative to capacities, those of
/// each job by ascending rate.
struct TimeSharedTable {
    let problem: TimeSharedProblem
    let resourceCount: Int
    /// Options of item i are rows `offsets[i]..<offsets[i + 1]`.
    private(set) var offsets: [Int] = [0]
    private(set) var rates: [Double] = []
    private(set) var values: [Double] = []
    /// Uses of row o are `useOffsets[o]..<useOffsets[o + 1]`.
    private(set) var useOffsets: [Int] = [0]
    private(set) var useResources: [Int] = []
    private(set) var useAmounts: [Double] = []
    /// For each row the index of its option within the item.
    private(set) var optionIndices: [Int] = []

    init(_ problem: TimeSharedProblem) {
        self.problem = problem
        resourceCount = problem.capacities.count
        for item in problem.items {
            let usable = item.options.indices.filter { index in
                item.options[index].uses.allSatisfy {
                    problem.capacities[$0.resource] > 0 || $0.amount == 0
                }
            }.sorted { left, right in
                let (a, b) = (item.options[left].rate, item.options[right].rate)
                return a != b ? a < b : left < right
            }
            for index in usable {
                let option = item.options[index]
                rates.append(option.rate)
                values.append(option.value)
                for use in option.uses where use.amount > 0 {
                    useResources.append(use.resource)
                    useAmounts.append(use.amount / problem.capacities[use.resource])
                }
                useOffsets.append(useResources.count)
                optionIndices.append(index)
            }
            offsets.append(rates.count)
        }
    }

    var itemCount: Int { offsets.count - 1 }
    var rowCount: Int { rates.count }

    /// What each row costs while it runs, at prices of whole capacities.
    func costs(_ prices: [Double]) -> [Double] {
        [Double](unsafeUninitializedCapacity: rowCount) { buffer, count in
            for row in 0..<rowCount {
                var sum = 0.0
                for use in useOffsets[row]..<useOffsets[row + 1] {
                    sum += prices[useResources[use]] * useAmounts[use]
                }
                buffer[row] = sum
            }
            count = rowCount
        }
    }

    /// Adds what `share` of row `row` uses.
    func add(_ share: Double, of row: Int, to usage: inout [Double]) {
        for use in useOffsets[row]..<useOffsets[row + 1] {
            usage[useResources[use]] += share * useAmounts[use]
        }
    }
}

/// One answer of all jobs to prices.
struct TimeSharedAnswer {
    /// What it adds to the objective.
    var value = 0.0
    /// No answer has a larger value less the price of what it uses.
    var score = 0.0
    /// Use of each resource relative to its capacity.
    var usage: [Double]
    /// Shares of rows above 0.
    var shares: [(row: Int, share: Double)] = []
}
