import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Reinforcement learning")
struct ReinforcementTests {
    private func demand(
        _ schedule: ReinforcementDemand.Schedule = .synchronous, critic: Bool = false,
        reward: ReinforcementDemand.Reward = .verifier(time: .zero, workers: 1),
        longest: Int? = nil
    ) -> ReinforcementDemand {
        ReinforcementDemand(
            learner: TrainingDemand(
                model: smallModel(), sequenceLength: 2_048, globalBatchSize: 64),
            promptCount: 32, samplesPerPrompt: 8, promptTokens: 512, answerTokens: 1_536,
            longestAnswerTokens: longest, reward: reward, hasCritic: critic, schedule: schedule)
    }

    private func estimate(_ demand: ReinforcementDemand) throws -> ReinforcementEstimate {
        try ReinforcementModel(
            demand, rollouts: [.init(roundGroup(), 8)], learner: .init(roundGroup(), 8)
        ).estimate().get()
    }

    @Test("a synchronous step is the sum of its phases")
    func sum() throws {
        let found = try estimate(demand())
        let sum = found.phases.reduce(0) { $0 + $1.time.value }
        #expect(isClose(found.step.value, sum))
        #expect(isClose(found.throughput.value * found.step.value, 256 * 2_048))
    }

    @Test("four mini-batches of 64 learn from 256 answers; policy and reference read them once")
    func learner() throws {
        let found = try estimate(demand())
        #expect(isClose(found.learner.value, 4 * found.training.stepTime.value))
        // A forward pass is a third of the passes, without optimizer, gradients and recomputation.
        let parts = found.training.breakdown
        let passes =
            found.training.stepTime.value - parts.seconds(.optimizer)
            - parts.seconds(.dataParallel) - parts.seconds(.recompute)
        #expect(isClose(found.reference.value, 2 * 4 * passes / 3))
        let critic = try estimate(demand(critic: true))
        #expect(isClose(critic.learner.value, 2 * found.learner.value))
        #expect(isClose(critic.reference.value, 1.5 * found.reference.value))
        var bare = demand()
        (bare.hasReference, bare.scoresPolicy) = (false, false)
        #expect(try estimate(bare).reference == .zero)
    }

    @Test("answers that start together take the longest's steps, and each its own share of them")
    func pace() {
        // A step of 10 ms and 1 ms for each sequence, 4 at once, 2 replicas, prompts of 50 ms.
        let pace = RolloutPace(
            step: 0.01, sequence: 0.001, batchLimit: 4, prefill: 0.05, replicaCount: 2)
        var job = demand()
        (job.answerTokens, job.longestAnswerTokens, job.samplesPerPrompt) = (101, 301, 2)
        // 4 answers each: 2 prompts, 300 steps, 4 × 100 tokens.
        #expect(isClose(pace.seconds(answers: 8, of: job), 0.1 + 3 + 0.4))
        // 12 each: 6 prompts; eight wait, two rounds of 100 steps more; 12 × 100 tokens.
        #expect(isClose(pace.seconds(answers: 24, of: job), 0.3 + 3 + 2 + 1.2))
    }

    @Test("a decode loop over drawn lengths takes what the pace says")
    func loop() {
        // Independent of the form: steps one by one, places refilled as they fall free.
        var random = SeededGenerator(seed: 7)
        let lengths = (0..<64).map { _ in 1 + Int(random.next() % 400) }
        let (limit, step, sequence) = (16, 0.01, 0.0005)
        var queue = lengths[...]
        var running: [Int] = []
        var time = 0.0
        while !queue.isEmpty || !running.isEmpty {
            while running.count < limit, let next = queue.popFirst() { running.append(next) }
            time += step + sequence * Double(running.count)
            running = running.map { $0 - 1 }.filter { $0 > 0 }
        }
        let pace = RolloutPace(
            step: step, sequence: sequence, batchLimit: Double(limit), prefill: 0,
            replicaCount: 1)
        var job = demand()
        job.answerTokens = lengths.reduce(0, +) / lengths.count + 1
        job.longestAnswerTokens = (lengths.max() ?? 0) + 1
        // Who is admitted last need not be the longest: the pace is a little late, never early.
        let found = pace.seconds(answers: 64, of: job)
        #expect(found > 0.97 * time && found < 1.25 * time)
    }

    @Test("kinds that sample together end together and take every answer")
    func shared() throws {
        let model = ReinforcementModel(
            demand(), rollouts: [.init(roundGroup(), 8), .init(roundGroup(speed: 0.5), 8)],
            learner: .init(roundGroup(), 8))
        let found = try model.estimate().get()
        #expect(isClose(found.rollouts.reduce(0) { $0 + $1.sampleCount }, 256))
        #expect(found.rollouts[0].sampleCount > found.rollouts[1].sampleCount)
        #expect(found.rollout < (try estimate(demand())).rollout)
        #expect(found.acceleratorCount == 24)
    }

    @Test("one step off policy, the longer of rollout and learner counts")
    func offPolicy() throws {
        let found = try estimate(demand(.oneStepOffPolicy))
        let rollout = found.rollout.value + found.reward.value
        let learner = found.reference.value + found.learner.value
        #expect(isClose(found.step.value, max(rollout, learner) + found.weightSync.value))
        #expect(found.step < (try estimate(demand())).step)
    }

    @Test("accelerators that take turns cannot overlap phases")
    func colocated() throws {
        let model = ReinforcementModel(
            demand(.oneStepOffPolicy), group: roundGroup(), count: 8)
        let found = try model.estimate().get()
        let sum = found.phases.reduce(0) { $0 + $1.time.value }
        #expect(isClose(found.step.value, sum))
    }

    @Test("a step waits for its longest answer, and for verifiers that are slower than sampling")
    func tails() throws {
        let long = try estimate(demand(longest: 1_000_000))
        let token = long.rollouts[0].stepTime.value
        #expect(long.rollout.value >= 999_999 * token)
        let slow = try estimate(
            demand(reward: .verifier(time: Seconds(10), workers: 16)))
        // 256 answers of 10 s over 16 workers are 160 s, less what passes while sampling.
        #expect(isClose(slow.reward.value, 160 - slow.rollout.value, 1e-6))
    }

    @Test("weights cross to the other pool once: 2 bytes a parameter over the replica's links")
    func sync() throws {
        let found = try estimate(demand())
        let bytes = 2 * Double(smallModel().parameterCount)
        let lanes = Double(found.rollouts[0].replica.acceleratorCount)
        let expected =
            bytes / 10e9 / lanes + Double(found.rollouts[0].replicaCount) * 5e-6
        #expect(isClose(found.weightSync.value, expected, 1e-6))
    }

    @Test("adapters alone are sent back, 2 bytes for each of their parameters")
    func adapters() throws {
        var job = demand()
        job.learner.method = .lora(rank: 16)
        let full = try estimate(demand()).weightSync.value
        // Four projections of 1,024 × 1,024 and two of 1,024 × 4,096, rank 16, eight layers.
        let parameters = 8.0 * 16 * (4 * 2_048 + 2 * 5_120)
        let found = try estimate(job)
        let lanes = Double(found.rollouts[0].replica.acceleratorCount)
        let latency = Double(found.rollouts[0].replicaCount) * 5e-6
        #expect(isClose(found.weightSync.value, 2 * parameters / 10e9 / lanes + latency, 1e-6))
        #expect(found.weightSync.value < full / 10)
    }

    @Test("the best way of one pool is no slower than taking turns, and uses all of it")
    func search() throws {
        let found = try ReinforcementSearch(demand(.oneStepOffPolicy), group: roundGroup())
            .ranked(count: 32).get()
        let turns = try #require(found.first { $0.isColocated })
        #expect(found[0].step <= turns.step)
        #expect(found.count == 4 && found.allSatisfy { $0.acceleratorCount == 32 })
        for way in found {
            let sum = way.phases.reduce(0) { $0 + $1.time.value }
            #expect(isClose(way.step.value + way.overlap.value, sum))
        }
    }

    @Test("a framework divides the pace of phases and adds its conversion of weights")
    func framework() throws {
        var job = demand()
        job.framework = ReinforcementFramework(
            id: "slow", rolloutRate: 0.5, learnerRate: 0.25, refitRate: Bandwidth(1e8))
        let (plain, slow) = (try estimate(demand()), try estimate(job))
        #expect(isClose(slow.rollout.value, 2 * plain.rollout.value))
        #expect(isClose(slow.learner.value, 4 * plain.learner.value))
        #expect(isClose(slow.reference.value, 4 * plain.reference.value))
        // 2 bytes a parameter at 100 MB/s on each of 16 accelerators.
        let refit = 2 * Double(smallModel().parameterCount) / 16e8
        #expect(isClose(slow.weightSync.value - plain.weightSync.value, refit, 1e-6))
    }
}
