import TangramPlacement
import Testing

/// Instances of Mélange's choice of GPUs for one model, with the least cost that HiGHS found.
private struct MelangeFile: Decodable {
    struct Instance: Decodable {
        struct GPU: Decodable {
            var cost: Double
            var tputs: [[Double]]
        }
        struct Configuration: Decodable {
            var gpu_info: [String: GPU]
            var workload_distribution: [[Double]]
            var total_request_rate: Double
            var slice_factor: Int?

            var slices: Int { max(1, slice_factor ?? 1) }
        }
        struct Answer: Decodable {
            struct Result: Decodable { var cost: Double? }
            var result: Result?
        }
        var name: String
        var config: Configuration
        var highs_aggregated: Answer?
        var melange: Answer?

        /// The least cost on record.
        var best: Double? {
            [highs_aggregated?.result?.cost, melange?.result?.cost].compactMap { $0 }.min()
        }
    }
    var instances: [Instance]
}

extension MelangeFile.Instance {
    /// Slices of buckets as items that must be served, kinds of GPUs as supplies.
    func problem() throws -> PlacementProblem {
        let gpus = config.gpu_info.sorted { $0.key < $1.key }.map(\.value)
        var items: [[PlacementProblem.Option]] = []
        var loads = [Double](repeating: 0, count: gpus.count)
        for (row, shares) in config.workload_distribution.enumerated() {
            for (column, share) in shares.enumerated() where share > 0 {
                let rate = config.total_request_rate * share / Double(config.slices)
                let options = gpus.indices.compactMap { gpu -> PlacementProblem.Option? in
                    let throughput = gpus[gpu].tputs[row][column]
                    guard throughput > 0 else { return nil }
                    loads[gpu] += Double(config.slices) * rate / throughput
                    return .init(
                        value: 1, uses: [.init(resource: gpu, amount: rate / throughput)])
                }
                for _ in 0..<config.slices { items.append(options) }
            }
        }
        return try PlacementProblem(
            capacities: gpus.map { _ in 0 }, items: items,
            supplies: gpus.indices.map {
                .init(
                    resource: $0, amount: 1, cost: gpus[$0].cost,
                    limit: Int(loads[$0].rounded(.up)))
            }, paysSupplies: false,
            stages: [.init(values: items.map { $0.map { _ in 0 } }, paysSupplies: true)])
    }
}

@Suite("Mélange vectors: Vector instances of sizing")
struct MelangeVectorTests {
    @Test(
        "all demand is met at no more than the least cost on record",
        arguments: VectorFiles.named("melange_ilp"))
    func cost(_ name: String) throws {
        for instance in try VectorFiles.read(name, as: MelangeFile.self).instances {
            let problem = try instance.problem()
            let solution = try PlacementSolver(nodeLimit: 3_000).solve(problem)
            #expect(solution.objective == Double(problem.items.count), "\(instance.name)")
            let cost = -(solution.stages.first?.objective ?? -.infinity)
            guard let best = instance.best else { continue }
            #expect(cost <= best * (1 + 1e-6), "\(instance.name)")
            guard instance.highs_aggregated?.result?.cost == best else { continue }
            // The record is proved best, so nothing can be cheaper.
            let bound = -(solution.stages.first?.bound ?? 0)
            #expect(bound <= best * (1 + 1e-6))
            #expect(bound >= best * 0.95, "\(instance.name): \(bound) of \(best)")
        }
    }
}
