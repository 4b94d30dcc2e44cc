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
            demand, rollout: (roundGroup(), 8), learner: (roundGroup(), 8)
        ).estimate().get()
    }

    @Test("a synchronous step is the sum of its phases")
    func sum() throws {
        let found = try estimate(demand())
        let sum = found.phases.reduce(0) { $0 + $1.time.value }
        #expect(isClose(found.step.value, sum))
        #expect(isClose(found.throughput.value * found.step.value, 256 * 2_048))
    }

    @Test("four mini-batches of 64 learn from 256 answers; the reference reads them once")
    func learner() throws {
        let found = try estimate(demand())
        #expect(isClose(found.learner.value, 4 * found.training.stepTime.value))
        #expect(isClose(found.reference.value, found.learner.value / 3))
        let critic = try estimate(demand(critic: true))
        #expect(isClose(critic.learner.value, 2 * found.learner.value))
        #expect(isClose(critic.reference.value, 2 * found.reference.value))
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
        let token = long.replica.timePerOutputToken.value
        #expect(long.rollout.value >= 1_000_000 * token)
        let slow = try estimate(
            demand(reward: .verifier(time: Seconds(10), workers: 16)))
        // 256 answers of 10 s over 16 workers are 160 s, less what passes while sampling.
        #expect(isClose(slow.reward.value, 160 - slow.rollout.value, 1e-6))
    }

    @Test("weights cross to the other pool once: 2 bytes a parameter over the replica's links")
    func sync() throws {
        let found = try estimate(demand())
        let bytes = 2 * Double(smallModel().parameterCount)
        let lanes = Double(found.replica.acceleratorCount)
        let expected =
            bytes / 10e9 / lanes + Double(found.replicaCount) * 5e-6
        #expect(isClose(found.weightSync.value, expected, 1e-6))
    }
}
