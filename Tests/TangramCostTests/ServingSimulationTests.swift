import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

/// Percentiles against an engine that is played token by token: requests arrive at random, prompts
/// are prefilled first, all sequences decode together.
@Suite("Percentiles of serving")
struct ServingSimulationTests {
    private struct Played {
        var first: [Double] = []
        var token: [Double] = []

        func first(_ share: Double) -> Double { Self.quantile(first, share) }
        func token(_ share: Double) -> Double { Self.quantile(token, share) }

        private static func quantile(_ values: [Double], _ share: Double) -> Double {
            let sorted = values.sorted()
            return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
        }
    }

    private func model(prompt: Int, output: Int) throws -> ServingModel {
        let card = try #require(try HardwareCatalogue.builtIn().accelerator("h100-sxm-80gb"))
        let group = try AcceleratorSet(accelerator: card.id, count: 8)
            .group(of: card, in: try HardwareCatalogue.builtIn())
        let shape = try #require(try ModelCatalogue.builtIn().model("llama-3.1-8b"))
        return ServingModel(
            demand: ServingDemand(
                model: shape, requestRate: RequestRate(1), promptTokens: prompt,
                outputTokens: output, engine: ServingEngine(id: "played")),
            group: group)
    }

    private func play(
        _ model: ServingModel, _ layout: ServingLayout, rate: Double, count: Int, seed: UInt64
    ) -> Played {
        let state = ReplicaState(model: model, layout: layout)
        let prefill = state.promptTime
        var steps: [Int: Double] = [:]
        func step(_ batch: Int) -> Double {
            if let known = steps[batch] { return known }
            let time = state.point(batch: Double(batch)).step_s
            steps[batch] = time
            return time
        }
        var generator = SeededGenerator(seed: seed)
        var arrivals: [Double] = []
        var clock = 0.0
        for _ in 0..<count {
            let uniform = Double.random(in: 1e-12..<1, using: &generator)
            clock -= Self.logarithm(uniform) / rate
            arrivals.append(clock)
        }
        var played = Played()
        var running: [(left: Int, first: Double)] = []
        var (time, next) = (0.0, 0)
        let answer = model.demand.outputTokens - 1
        while played.token.count < count {
            if next < count, arrivals[next] <= time, running.count < state.batchLimit {
                time += prefill
                played.first.append(time - arrivals[next])
                running.append((answer, time))
                next += 1
            } else if running.isEmpty {
                time = arrivals[next]
            } else {
                time += step(running.count)
                for index in running.indices { running[index].left -= 1 }
                for done in running where done.left == 0 {
                    played.token.append((time - done.first) / Double(answer))
                }
                running.removeAll { $0.left == 0 }
            }
        }
        return played
    }

    /// ln of 0 < x < 1 by the series of artanh, after halving into 0.5...1.
    private static func logarithm(_ x: Double) -> Double {
        var (value, halvings) = (x, 0.0)
        while value < 0.5 {
            value *= 2
            halvings += 1
        }
        let z = (value - 1) / (value + 1)
        var (sum, power) = (0.0, z)
        for odd in stride(from: 1.0, to: 60, by: 2) {
            sum += power / odd
            power *= z * z
        }
        return 2 * sum - halvings * 0.693_147_180_559_945_3
    }

    @Test("times of half, nine in ten and 99 in 100 requests", arguments: [0.3, 0.6, 0.8])
    func percentiles(share: Double) throws {
        let model = try model(prompt: 8_192, output: 200)
        let layout = ServingLayout(tensorParallel: 2)
        let capacity = try model.estimate(layout).get()
        let load = capacity.capacity * share
        let found = try #require(model.latency(capacity, load: load))
        let played = play(model, layout, rate: load.value, count: 3_000, seed: 42)
        let first = found.timeToFirstToken
        for (name, predicted, truth) in [
            ("p50", first.half.value, played.first(0.5)),
            ("p90", first.ninetieth.value, played.first(0.9)),
            ("p99", first.ninetyNinth.value, played.first(0.99)),
        ] {
            #expect(abs(predicted / truth - 1) < 0.25, "TTFT \(name): \(predicted), \(truth)")
        }
        let token = found.timePerOutputToken
        for (name, predicted, truth) in [
            ("p50", token.half.value, played.token(0.5)),
            ("p90", token.ninetieth.value, played.token(0.9)),
        ] {
            #expect(abs(predicted / truth - 1) < 0.25, "TPOT \(name): \(predicted), \(truth)")
        }
    }

    @Test("the knee keeps the limits, and a little more load does not")
    func knee() throws {
        var demand = try model(prompt: 2_048, output: 200).demand
        demand.timeToFirstToken = Seconds(0.4)
        demand.timePerOutputToken = Seconds(0.02)
        let group = try model(prompt: 2_048, output: 200).group
        let model = ServingModel(demand: demand, group: group)
        let capacity = try model.estimate(ServingLayout()).get()
        let knee = try #require(model.knee(capacity, percent: 90))
        #expect(knee.timeToFirstToken.ninetieth.value <= 0.4)
        #expect(knee.timePerOutputToken.ninetieth.value <= 0.02)
        #expect(knee.load < capacity.capacity)
        if let more = model.latency(capacity, load: knee.load * 1.02) {
            #expect(
                more.timeToFirstToken.ninetieth.value > 0.4
                    || more.timePerOutputToken.ninetieth.value > 0.02)
        }
    }

    @Test("no load, or one at the capacity, has no percentiles")
    func beyond() throws {
        let model = try model(prompt: 2_048, output: 200)
        let capacity = try model.estimate(ServingLayout()).get()
        #expect(model.latency(capacity, load: capacity.capacity) == nil)
        #expect(model.latency(capacity, load: .zero) == nil)
    }
}
