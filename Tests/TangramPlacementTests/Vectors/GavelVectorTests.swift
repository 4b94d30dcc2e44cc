import Foundation
import TangramPlacement
import Testing

/// An instance of Gavel's policies with the exact optimum that HiGHS found.
private struct GavelInstance: Decodable {
    struct Job: Decodable {
        var scale_factor: Double?
        var priority_weight: Double?
        var num_steps_remaining: Double?
        var time_since_start_s: Double?
        var throughputs_steps_per_s: [String: Double]
        var slo_remaining_s: Double?
    }
    struct Answer: Decodable { var objective: Double }

    var policy: String
    var worker_types: [String]
    var num_workers: [Double]
    var instance_cost_usd_per_h: [Double]?
    var jobs: [Job]
    var reference: Answer

    var timeSharedJobs: [TimeSharedJob] {
        jobs.map { job in
            TimeSharedJob(
                rates: worker_types.map { job.throughputs_steps_per_s[$0] ?? 0 },
                deviceCount: job.scale_factor ?? 1, weight: job.priority_weight ?? 1,
                remainingWork: job.num_steps_remaining ?? 1,
                elapsed: job.time_since_start_s ?? 0,
                timeLimit: policy.hasSuffix("SLOs") ? job.slo_remaining_s : nil)
        }
    }

    /// Our policy of that name, and how its objective reads in the file.
    var ours: (policy: TimeSharedPolicy, reading: (Double) -> Double)? {
        switch policy {
        case "max_min_fairness": (.leastAttained, { $0 })
        case "max_min_fairness_perf": (.maxMinFairness, { $0 })
        case "finish_time_fairness_perf": (.finishTimeFairness, { 1 / $0 })
        case "min_total_duration_perf": (.makespan, { 1 / $0 })
        case "max_sum_throughput_perf": (.throughput(prices: nil), { $0 })
        case "max_sum_throughput_normalized_by_cost_perf",
            "max_sum_throughput_normalized_by_cost_perf_SLOs":
            (.throughput(prices: instance_cost_usd_per_h), { $0 })
        default: nil
        }
    }
}

@Suite("Gavel vectors: time-shared Vector instances")
struct GavelVectorTests {
    @Test(
        "every policy reaches the optimum that HiGHS found, within capacities",
        arguments: VectorFiles.named("gavel_lp_"))
    func optimum(_ name: String) throws {
        let instance = try VectorFiles.read(name, as: GavelInstance.self)
        let jobs = instance.timeSharedJobs
        guard let (policy, reading) = instance.ours else {
            #expect(instance.policy == "isolated")
            let shares = TimeSharedPolicy.equalShares(jobs, capacities: instance.num_workers)
            let rate = zip(jobs, shares).reduce(0) { sum, entry in
                sum + zip(entry.0.rates, entry.1).reduce(0) { $0 + $1.0 * $1.1 }
            }
            #expect(abs(rate / instance.reference.objective - 1) <= 1e-6)
            return
        }
        let problem = try policy.problem(jobs, capacities: instance.num_workers)
        let solution = TimeSharedSolver().solve(problem)
        #expect(solution.isFeasible)
        let difference = reading(solution.objective) / instance.reference.objective - 1
        #expect(
            abs(difference) <= 1e-6,
            "\(reading(solution.objective)) against \(instance.reference.objective), gap \(solution.gap) after \(solution.iterationCount)"
        )
        #expect(solution.gap <= 1e-6, "gap \(solution.gap) after \(solution.iterationCount)")
        var used = [Double](repeating: 0, count: instance.num_workers.count)
        for (item, shares) in zip(problem.items, solution.shares) {
            #expect(shares.allSatisfy { $0 >= 0 } && shares.reduce(0, +) <= 1 + 1e-9)
            for (option, share) in zip(item.options, shares) {
                for use in option.uses { used[use.resource] += share * use.amount }
            }
        }
        for (used, capacity) in zip(used, instance.num_workers) {
            #expect(used <= capacity * (1 + 1e-9))
        }
    }
}
