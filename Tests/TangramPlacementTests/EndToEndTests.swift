import TangramPlacement
import TangramUnits
import TangramWorkers
import Testing

@Suite("Plans of scenarios made in code")
struct EndToEndTests {
    @Test("80 random scenarios: nothing is given away twice, no rule or limit is broken")
    func feasible() throws {
        let fixture = try ScenarioFixture()
        var random = SeededGenerator(seed: 2_026_1124)
        var placedCount = 0
        var unplacedCount = 0
        for round in 0..<80 {
            let scenario = try fixture.random(&random)
            let plan = try Planner().plan(scenario)
            let faults = PlanChecker(scenario: scenario).faults(plan)
            #expect(faults.isEmpty, "round \(round): \(faults)")
            placedCount += plan.jobs.count { $0.isPlaced }
            unplacedCount += plan.jobs.count { !$0.isPlaced }
        }
        // The scenarios are neither all easy nor all impossible.
        #expect(placedCount > 80 && unplacedCount > 20)
    }

    @Test("the order of jobs and of pools does not change the objective")
    func permuted() throws {
        let fixture = try ScenarioFixture()
        var random = SeededGenerator(seed: 5)
        for round in 0..<25 {
            let scenario = try fixture.random(&random)
            var other = scenario
            other.jobs.shuffle(using: &random)
            other.cluster.pools.shuffle(using: &random)
            let left = try Planner().plan(scenario).proof
            let right = try Planner().plan(other).proof
            // Valid whatever the gaps: no plan of either is beyond the bound of the other.
            #expect(left.objective <= right.bound * (1 + 1e-9), "round \(round)")
            #expect(right.objective <= left.bound * (1 + 1e-9), "round \(round)")
            if left.gap < 1e-9 && right.gap < 1e-9 {
                #expect(abs(left.objective - right.objective) <= 1e-9 * max(1, left.objective))
            }
        }
    }

    @Test("the number of threads, and planning again, change nothing")
    func threads() throws {
        let fixture = try ScenarioFixture()
        var random = SeededGenerator(seed: 17)
        for _ in 0..<8 {
            let scenario = try fixture.random(&random)
            let serial = try Planner().plan(scenario)
            for plan in [
                try Planner().plan(scenario),
                try Planner(workers: ThreadWorkers(count: 3)).plan(scenario),
            ] {
                #expect("\(plan)" == "\(serial)")
            }
        }
    }

    @Test("least cost takes the cheaper of two pools that are otherwise the same")
    func cheapest() throws {
        let fixture = try ScenarioFixture()
        var dear = try fixture.pool("dear")
        dear.price = MoneyRate(3)
        let cheap = try fixture.pool("cheap")
        let scenario = Scenario(
            name: "two prices", cluster: Cluster(name: "two", pools: [dear, cheap]),
            jobs: [try fixture.serve("chat")], objective: Objective(goal: .cost))
        let plan = try Planner().plan(scenario)
        #expect(plan.jobs.first?.placements.map(\.poolID) == ["cheap"])
        #expect(plan.cost.value == 2 * Double(plan.jobs.first?.acceleratorCount ?? 0))
    }

    @Test("of two jobs and room for one, the one of more weight is placed and the other is told")
    func outbid() throws {
        let fixture = try ScenarioFixture()
        var light = try fixture.serve("light", rate: 1)
        var heavy = try fixture.serve("heavy", rate: 1)
        heavy.weight = 2
        light.minimumAccelerators = 1
        heavy.minimumAccelerators = 1
        let scenario = Scenario(
            name: "one card",
            cluster: Cluster(
                name: "one", pools: [try fixture.pool("card", nodes: 1, perNode: 1)]),
            jobs: [light, heavy])
        let plan = try Planner().plan(scenario)
        #expect(plan.job("heavy")?.isPlaced == true)
        #expect(plan.job("light")?.isPlaced == false)
        #expect(plan.job("light")?.reason?.isEmpty == false)
        guard case .outbid = plan.job("light")?.rejections.first?.reason else {
            Issue.record("\(String(describing: plan.job("light")?.rejections))")
            return
        }
    }

    @Test("nodes in poor health are used at their own speed, and not by halves of a plan")
    func derated() throws {
        let fixture = try ScenarioFixture()
        func rate(_ speed: Double) throws -> Double {
            var pool = try fixture.pool("cards", nodes: 1)
            pool.health = [NodeHealth(nodes: 0...0, speed: speed)]
            var job = try fixture.train("tune")
            job.minimumAccelerators = 8
            let plan = try Planner().plan(
                Scenario(name: "one", cluster: Cluster(name: "one", pools: [pool]), jobs: [job]))
            guard case .train(let training) = plan.jobs[0].placements.first?.work else { return 0 }
            return training.throughput.value
        }
        let (whole, half) = (try rate(1), try rate(0.5))
        #expect(half < whole && half > 0.4 * whole)
        #expect(try rate(0) == 0)
    }
}
