import CInstructionSet
import CPlacementKernel
import TangramWorkers

/// The options of a problem as the pricing kernel reads them: structure of arrays, each worker's
/// items in memory near that worker. Amounts are relative to capacities.
final class MenuTable {
    let problem: PlacementProblem
    /// Resources with a capacity above 0; options that need another are left out.
    let resourceCount: Int
    private let workers: any WorkerPool
    private let parts: [Part]
    private let level: tangram_simd_level

    /// The items of one worker.
    private final class Part: @unchecked Sendable {
        let items: Range<Int>
        let value: WorkerBuffer<Double>
        let resources: [WorkerBuffer<Int32>]
        let amounts: [WorkerBuffer<Double>]
        let offsets: WorkerBuffer<UInt32>
        let best: WorkerBuffer<Int32>
        let scores: WorkerBuffer<Double>
        /// For each row of the table the option it stands for.
        let optionIndices: [Int32]

        init(
            problem: PlacementProblem, items: Range<Int>, pool: any WorkerPool, worker: Int
        ) throws(WorkerError) {
            self.items = items
            var rows: [(option: PlacementProblem.Option, index: Int32)] = []
            var starts: [UInt32] = [0]
            for item in items {
                for (index, option) in problem.items[item].enumerated()
                where option.value > 0 && problem.allows(option) {
                    rows.append((option, Int32(index)))
                }
                starts.append(UInt32(rows.count))
            }
            optionIndices = rows.map(\.index)
            value = try WorkerBuffer(count: rows.count, pool: pool, worker: worker)
            offsets = try WorkerBuffer(count: starts.count, pool: pool, worker: worker)
            best = try WorkerBuffer(count: items.count, pool: pool, worker: worker)
            scores = try WorkerBuffer(count: items.count, pool: pool, worker: worker)
            var resources: [WorkerBuffer<Int32>] = []
            var amounts: [WorkerBuffer<Double>] = []
            for _ in 0..<PlacementProblem.slotCount {
                resources.append(try WorkerBuffer(count: rows.count, pool: pool, worker: worker))
                amounts.append(try WorkerBuffer(count: rows.count, pool: pool, worker: worker))
            }
            self.resources = resources
            self.amounts = amounts
            for (row, entry) in rows.enumerated() {
                value[row] = entry.option.value
                for slot in 0..<PlacementProblem.slotCount {
                    guard slot < entry.option.uses.count else {
                        resources[slot][row] = -1
                        continue
                    }
                    let use = entry.option.uses[slot]
                    let capacity = problem.capacities[use.resource]
                    resources[slot][row] = Int32(use.resource)
                    amounts[slot][row] = capacity > 0 ? use.amount / capacity : 0
                }
            }
            for (index, start) in starts.enumerated() { offsets[index] = start }
        }
    }

    /// Builds the table.
    ///
    /// - Throws: ``WorkerError`` where memory cannot be had.
    init(
        _ problem: PlacementProblem, workers: any WorkerPool
    ) throws(WorkerError) {
        self.problem = problem
        self.workers = workers
        resourceCount = problem.capacities.count
        var level = TANGRAM_SIMD_BASELINE
        // A level that cannot be had is reported by the command line before it comes here.
        if tangram_simd_in_use(&level) != TANGRAM_SIMD_OK { level = tangram_simd_detected() }
        self.level = level
        let ranges = StaticPartition(
            itemCount: problem.items.count, partCount: workers.workerCount)
        var parts: [Part] = []
        for (worker, range) in ranges.enumerated() {
            parts.append(
                try Part(problem: problem, items: range, pool: workers, worker: worker))
        }
        self.parts = parts
    }

    /// The best option of every item at `prices`, and what all of them come to.
    struct Response {
        /// For each item the chosen option, -1 for none.
        var choices: [Int32]
        /// Score of each item: value less price, at least 0.
        var scores: [Double]
        /// Sum of the scores, in item order.
        var total: Double
        /// Use of each resource relative to its capacity.
        var usage: [Double]
    }

    /// Prices all menus.
    ///
    /// - Parameter prices: One per resource, for the whole capacity of it.
    func respond(to prices: [Double]) -> Response {
        let padded = prices + [0]
        let (parts, level, resources) = (parts, level, UInt32(resourceCount))
        workers.run { worker in
            let part = parts[worker]
            padded.withUnsafeBufferPointer { price in
                tangram_price_menus(
                    level, part.value.baseAddress, part.resources[0].baseAddress,
                    part.resources[1].baseAddress, part.resources[2].baseAddress,
                    part.resources[3].baseAddress, part.amounts[0].baseAddress,
                    part.amounts[1].baseAddress, part.amounts[2].baseAddress,
                    part.amounts[3].baseAddress, part.offsets.baseAddress, 0, part.items.count,
                    price.baseAddress, resources, part.best.baseAddress,
                    part.scores.baseAddress)
            }
        }
        // In item order on one thread: the sums do not depend on the number of workers.
        var response = Response(
            choices: [], scores: [], total: 0,
            usage: [Double](repeating: 0, count: resourceCount))
        response.choices.reserveCapacity(problem.items.count)
        response.scores.reserveCapacity(problem.items.count)
        for part in parts {
            for position in 0..<part.items.count {
                let row = Int(part.best.baseAddress[position])
                let score = part.scores.baseAddress[position]
                response.scores.append(score)
                response.total += score
                guard row >= 0 else {
                    response.choices.append(-1)
                    continue
                }
                response.choices.append(part.optionIndices[row])
                for slot in 0..<PlacementProblem.slotCount {
                    let resource = part.resources[slot].baseAddress[row]
                    if resource >= 0 {
                        response.usage[Int(resource)] += part.amounts[slot].baseAddress[row]
                    }
                }
            }
        }
        return response
    }
}

extension PlacementProblem {
    /// Whether capacities allow `option` at all.
    func allows(_ option: Option) -> Bool {
        option.uses.allSatisfy { $0.amount <= capacities[$0.resource] * (1 + 1e-12) }
    }
}
