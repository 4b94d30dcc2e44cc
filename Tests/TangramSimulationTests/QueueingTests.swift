import Foundation
import TangramUnits
import Testing

@testable import TangramSimulation

@Suite("Queues with a closed form")
struct QueueingTests {
    /// Mean time in an M/M/k system: 1/µ + C(k, a) / (kµ − λ), C by Erlang (1917).
    static func meanTime(servers k: Int, load a: Double, service: Double) -> Double {
        var (term, sum) = (1.0, 1.0)
        for index in 1..<k {
            term *= a / Double(index)
            sum += term
        }
        let last = term * a / Double(k) * Double(k) / (Double(k) - a)
        return service * (1 + last / (sum + last) / (Double(k) - a))
    }

    @Test(
        "M/M/k agrees with Erlang's formula within its confidence interval", arguments: [1, 2, 5])
    func erlang(servers: Int) throws {
        let service = 100.0
        let load = 0.7 * Double(servers)
        let simulator = try Simulator(pools: [SimulatedPool(name: "a", deviceCount: servers)])
        var means: [Double] = []
        for seed in 0..<12 {
            var generator = SeededGenerator(seed: UInt64(seed) * 977 + 5)
            var time = 0.0
            let jobs = (0..<3_000).map { index in
                time += generator.exponential(mean: service / load)
                return SimulatedJob(
                    id: "\(index)", arrivalSeconds: time,
                    work: generator.exponential(mean: service),
                    options: [RunOption(pool: 0, deviceCount: 1, rate: 1)])
            }
            let result = try simulator.run(JobList(jobs), strategy: ListStrategy.fifo())
            means.append(result.completionTimes.mean)
        }
        let mean = means.reduce(0, +) / Double(means.count)
        let variance =
            means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(means.count - 1)
        // Student's t at 99.9 % with 11 degrees of freedom.
        let half = 4.437 * (variance / Double(means.count)).squareRoot()
        let theory = Self.meanTime(servers: servers, load: load, service: service)
        #expect(abs(mean - theory) < half, "\(mean) ± \(half) against \(theory)")
        #expect(half < 0.2 * theory)
    }

    @Test("quantiles of many values are within half a percent")
    func quantiles() {
        var distribution = Distribution()
        let count = 100_000
        for value in 1...count { distribution.add(Double(value)) }
        for fraction in [0.1, 0.5, 0.9, 0.99] {
            let exact = fraction * Double(count)
            #expect(abs(distribution.quantile(fraction) / exact - 1) < 0.0051)
        }
    }
}
