import Foundation
import TangramPlacement
import TangramSpec
import Testing

@Suite("Objectives of plans")
struct PlanObjectiveTests {
    private func scenario(_ change: (inout Scenario) -> Void) throws -> Scenario {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../ClusterSpecs/mixed-fleet.yaml").standardizedFileURL.path
        var scenario = try ScenarioFile.load(path: path).scenario
        change(&scenario)
        return scenario
    }

    @Test(
        "every goal ends in a plan whose measures are proved within 0.1 %",
        arguments: Objective.Goal.allCases)
    func goals(_ goal: Objective.Goal) throws {
        let plan = try Planner().plan(scenario { $0.objective.goal = goal })
        #expect(plan.proof.measures.contains { $0.goal == goal })
        for measure in plan.proof.measures {
            #expect(measure.gap <= 1e-3, "\(measure)")
            if measure.isMinimised {
                #expect(measure.bound <= measure.objective * (1 + 1e-9))
            } else {
                #expect(measure.objective <= measure.bound * (1 + 1e-9))
            }
        }
    }

    @Test("goodput, then cost, is as good and no dearer than goodput alone")
    func thenCost() throws {
        let alone = try Planner().plan(scenario { $0.objective.goal = .goodput })
        let both = try Planner().plan(
            scenario { $0.objective = Objective(goal: .goodput, then: [.cost]) })
        #expect(both.proof.objective >= alone.proof.objective * (1 - 1e-6))
        #expect(both.cost.value <= alone.cost.value + 1e-6)
    }

    @Test("a quota holds, and jobs of a higher priority lose nothing to others")
    func quotaAndPriority() throws {
        let tenant = try #require(try scenario { _ in }.jobs.compactMap(\.tenant).first)
        let plan = try Planner().plan(
            scenario { $0.quotas = [Quota(tenant: tenant, accelerators: 8)] })
        let own = try scenario { _ in }.jobs.filter { $0.tenant == tenant }.map(\.id)
        let used = plan.jobs.filter { own.contains($0.jobID) }.reduce(0) {
            $0 + $1.acceleratorCount
        }
        #expect(used <= 8)
        #expect(plan.limits.first { $0.kind == .quota }?.used == Double(used))
        let last = try #require(try scenario { _ in }.jobs.last?.id)
        let first = try Planner().plan(
            scenario { $0.jobs[$0.jobs.count - 1].priority = 5 })
        let alone = try Planner().plan(scenario { $0.jobs = [$0.jobs[$0.jobs.count - 1]] })
        let (shared, single) = (first.job(last)?.satisfaction, alone.job(last)?.satisfaction)
        #expect(shared == single)
        #expect(first.proof.measures.map(\.priority) == [5, 0])
    }

    @Test("nodes in reserve are used by nobody")
    func reserve() throws {
        let plan = try Planner().plan(
            scenario { scenario in
                for index in scenario.cluster.pools.indices {
                    scenario.cluster.pools[index].reservedNodeCount = 1
                }
            })
        let full = try scenario { _ in }
        for (pool, plan) in zip(full.cluster.pools, plan.pools) {
            #expect(plan.usableAccelerators < pool.acceleratorCount, "\(pool.id)")
        }
    }

    @Test("objectives that contradict themselves are errors that say why")
    func contradictions() throws {
        func message(_ objective: Objective) throws -> String {
            let scenario = try scenario { $0.objective = objective }
            do throws(PlanningError) {
                _ = try Planner().plan(scenario)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(
            try message(Objective(goal: .cost, then: [.goodput])).contains("nothing can follow"))
        #expect(
            try message(Objective(goal: .cost, charge: .node, budget: MoneyRate(5)))
                .contains("a budget counts accelerators"))
    }
}

@Suite("Planning with limits, in tasks, by other strategies")
struct PlannerTests {
    private func scenario() throws -> Scenario {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../ClusterSpecs/mixed-fleet.yaml").standardizedFileURL.path
        return try ScenarioFile.load(path: path).scenario
    }

    @Test("a task that is cancelled before it starts still ends in a plan that says so")
    func cancelled() async throws {
        let scenario = try scenario()
        let task = Task { () -> Plan in
            try await Task.sleep(for: .seconds(60), tolerance: .zero, clock: .continuous)
            return try await Planner().plan(scenario, timeLimit: nil)
        }
        task.cancel()
        _ = try? await task.value
        let plan = try await Task { () -> Plan in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Planner().plan(scenario, timeLimit: nil)
        }.value
        #expect(!plan.proof.isComplete)
        #expect(plan.proof.objective <= plan.proof.bound)
    }

    @Test("the asynchronous plan is that of the synchronous one")
    func asynchronous() async throws {
        let scenario = try scenario()
        let plan = try await Planner().plan(scenario, timeLimit: .seconds(600))
        let direct = try Planner().plan(scenario)
        #expect(plan.proof == direct.proof)
        #expect(plan.jobs.map(\.acceleratorCount) == direct.jobs.map(\.acceleratorCount))
    }

    private struct Broken: PlacementStrategy {
        let name = "broken"
        func choices(for problem: PlacementProblem) -> [Int?] {
            problem.items.map { $0.isEmpty ? nil : $0.count }
        }
    }

    @Test("another strategy's plan is judged by our bound; choices out of order are an error")
    func strategies() throws {
        let scenario = try scenario()
        let ours = try Planner().plan(scenario)
        for strategy in [FirstFit(), DensestFirst()] as [any PlacementStrategy] {
            let plan = try Planner(strategy: strategy).plan(scenario)
            #expect(plan.proof.objective <= ours.proof.objective + 1e-9)
            #expect(plan.proof.bound == ours.proof.bound)
        }
        #expect(throws: PlanningError.self) { try Planner(strategy: Broken()).plan(scenario) }
    }
}
