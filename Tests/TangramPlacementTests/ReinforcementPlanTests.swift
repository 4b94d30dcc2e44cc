import TangramPlacement
import TangramUnits
import Testing

@Suite("Reinforcement learning over pools")
struct ReinforcementPlanTests {
    private let fixture: ScenarioFixture

    init() throws { fixture = try ScenarioFixture() }

    private func job(
        _ schedule: ReinforcementDemand.Schedule, answer: Int = 2_048
    ) throws -> Job {
        var learner = TrainingDemand(
            model: try fixture.model("qwen3-8b"), sequenceLength: 512 + answer,
            globalBatchSize: 256)
        learner.tokens = Tokens(1e9)
        return Job(
            id: "learn",
            work: .reinforce(
                ReinforcementDemand(
                    learner: learner, promptCount: 64, samplesPerPrompt: 16, promptTokens: 512,
                    answerTokens: answer, longestAnswerTokens: 2 * answer, schedule: schedule)))
    }

    private func plan(_ job: Job, _ pools: [Pool]) throws -> (Plan, Scenario) {
        let scenario = Scenario(
            name: "rl", cluster: Cluster(name: "rl", pools: pools), jobs: [job])
        return (try Planner().plan(scenario), scenario)
    }

    @Test("one step off policy, rollouts go to one pool and the learner to the other")
    func apart() throws {
        let pools = [
            try fixture.pool("h100", nodes: 2), try fixture.pool("h20", "h20-96gb", nodes: 4),
        ]
        let (plan, scenario) = try plan(job(.oneStepOffPolicy, answer: 8_192), pools)
        let placements = try #require(plan.job("learn")?.placements)
        #expect(placements.map(\.span?.role) == ["rollout", "learner"])
        #expect(Set(placements.map(\.poolID)) == ["h100", "h20"])
        #expect(PlanChecker(scenario: scenario).faults(plan).isEmpty)
        guard case .table(let entry)? = placements.first?.work,
            let found = entry.option.explanation
        else {
            Issue.record("no explanation")
            return
        }
        let sum = found.terms.reduce(0) { $0 + $1.time.value }
        #expect(abs(sum - found.stepTime.value) < 1e-9 * sum)
        // Tokens learned from over the step: 1,024 answers of 8,704 tokens with their prompts.
        #expect(abs(entry.rate * found.stepTime.value / (1_024 * 8_704) - 1) < 1e-9)
        #expect(found.parts.map(\.name) == ["rollout", "learner"])
        #expect(found.parts.allSatisfy { $0.memory.shortfall == .zero })
        #expect(entry.duration == Seconds(1e9 / entry.rate))
    }

    @Test("synchronous phases on one pool take turns, and no accelerator idles for want of a phase")
    func turns() throws {
        let (plan, scenario) = try plan(job(.synchronous), [try fixture.pool("h100", nodes: 2)])
        let placement = try #require(plan.job("learn")?.placements.first)
        #expect(placement.acceleratorCount == 16)
        #expect(PlanChecker(scenario: scenario).faults(plan).isEmpty)
        guard case .table(let entry) = placement.work else { return }
        #expect(entry.option.summary.hasSuffix("in turns"))
    }

    @Test("pools of different sites do not share a job, and a rule keeps a pool out of every phase")
    func limits() throws {
        var (a, b) = (
            try fixture.pool("h100", nodes: 2), try fixture.pool("h20", "h20-96gb", nodes: 4)
        )
        (a.siteID, b.siteID) = ("x", "y")
        let (far, _) = try plan(job(.oneStepOffPolicy), [a, b])
        #expect(far.job("learn")?.placements.count == 1)
        (a.siteID, b.siteID) = (nil, nil)
        var kept = try job(.oneStepOffPolicy)
        kept.constraints = [
            PolicyRule(effect: .forbid, pools: PoolSelector(pools: ["h20"]))
        ]
        let (ruled, _) = try plan(kept, [a, b])
        #expect(ruled.job("learn")?.placements.map(\.poolID) == ["h100"])
    }

    @Test("a model that fits no replica says by how much, not that a table offers nothing")
    func tooLarge() throws {
        var job = try job(.synchronous)
        guard case .reinforce(var demand) = job.work else { return }
        demand.learner.model = try fixture.model("deepseek-v3")
        job.work = .reinforce(demand)
        let (plan, _) = try plan(job, [try fixture.pool("h100", nodes: 1)])
        let reason = try #require(plan.job("learn")?.reason)
        #expect(reason.contains("does not fit"), "\(reason)")
    }

    @Test("the same plan on any number of workers, twice")
    func deterministic() throws {
        let pools = [
            try fixture.pool("h100", nodes: 2), try fixture.pool("h20", "h20-96gb", nodes: 4),
        ]
        let first = try plan(job(.oneStepOffPolicy), pools).0.job("learn")
        let second = try plan(job(.oneStepOffPolicy), pools).0.job("learn")
        #expect(first?.placements.map(\.nodes) == second?.placements.map(\.nodes))
    }
}
