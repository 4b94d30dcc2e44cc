import TangramPlacement
import TangramUnits
import Testing

@Suite("10,000 random scenarios")
struct RandomScenarioTests {
    private let fixture: ScenarioFixture

    init() throws { fixture = try ScenarioFixture() }

    /// The plan, or nil where rules drawn at random contradict each other.
    private func plan(_ table: RandomScenario, _ scenario: Scenario) throws -> Plan? {
        do throws(PlanningError) {
            return try Planner(costs: table).plan(scenario)
        } catch {
            guard case .contradictoryRules = error else { throw error }
            return nil
        }
    }

    @Test(
        "no accelerator, memory, licence, quota, budget or uplink is over-committed and no rule is broken; neither order nor one node more lowers a proven optimum",
        arguments: 0..<20)
    func properties(_ part: Int) throws {
        var random = SeededGenerator(seed: 61_000 + UInt64(part))
        var (placedCount, unplacedCount, provenCount) = (0, 0, 0)
        for round in 0..<500 {
            let table = try RandomScenario(fixture, &random)
            let scenario = table.scenario
            guard let plan = try plan(table, scenario) else { continue }
            let faults =
                PlanChecker(scenario: scenario).faults(plan)
                + RuleChecker(scenario: scenario, tableBlock: RandomScenario.block).faults(plan)
                + plan.limits.filter { $0.used > $0.limit * (1 + 1e-9) }.map(\.name)
            #expect(faults.isEmpty, "round \(round): \(faults)")
            placedCount += plan.jobs.count { $0.isPlaced }
            unplacedCount += plan.jobs.count { !$0.isPlaced }
            guard plan.proof.isOptimal else { continue }
            provenCount += 1
            let (objective, slack) = (plan.proof.objective, 1e-6 * max(1, plan.proof.objective))
            var permuted = scenario
            permuted.jobs.shuffle(using: &random)
            if let other = try self.plan(table, permuted), other.proof.isOptimal {
                #expect(abs(other.proof.objective - objective) <= slack, "round \(round)")
            }
            var larger = scenario
            let pool = Int.random(in: 0..<scenario.cluster.pools.count, using: &random)
            larger.cluster.pools[pool].nodeCount += 1
            if let other = try self.plan(table, larger) {
                #expect(other.proof.bound >= objective - slack, "round \(round)")
                if other.proof.isOptimal {
                    #expect(other.proof.objective >= objective - slack, "round \(round)")
                }
            }
        }
        #expect(placedCount > 300 && unplacedCount > 100 && provenCount > 300)
    }
}
