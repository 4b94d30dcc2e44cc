import TangramPlacement
import Testing

/// Scenarios made in code that no reader has checked: an error or a plan, never a trap or a hang.
@Suite("Scenarios that make no sense")
struct RefusedScenarioTests {
    private func scenario(
        pool: (inout Pool) -> Void = { _ in }, job: (inout Job) -> Void = { _ in }
    ) throws -> Scenario {
        let fixture = try ScenarioFixture()
        var onlyPool = try fixture.pool("cards", nodes: 2)
        pool(&onlyPool)
        var onlyJob = try fixture.serve("chat")
        job(&onlyJob)
        return Scenario(
            name: "odd", cluster: Cluster(name: "odd", pools: [onlyPool]), jobs: [onlyJob])
    }

    private func changed(_ change: (inout Scenario) -> Void) throws -> Scenario {
        var scenario = try scenario()
        change(&scenario)
        return scenario
    }

    private func message(_ scenario: Scenario) -> String {
        do throws(PlanningError) {
            let plan = try Planner().plan(scenario)
            let faults = PlanChecker(scenario: scenario).faults(plan)
            return faults.isEmpty ? "planned" : "faults: \(faults)"
        } catch {
            return error.description
        }
    }

    @Test(
        "figures of a pool that are no figures are named", arguments: [Double.nan, .infinity, -1])
    func poolFigures(value: Double) throws {
        for (name, change) in [
            ("scale-up bandwidth", { $0.scaleUp.bandwidth = Bandwidth(value) }),
            ("NIC bandwidth", { $0.scaleOut.nicBandwidth = Bandwidth(value) }),
            ("oversubscription", { $0.scaleOut.oversubscription = value }),
            ("availability", { $0.availability = value }),
            ("price", { $0.price = MoneyRate(value) }),
            ("memory bandwidth", { $0.accelerator.memoryBandwidth = Bandwidth(value) }),
        ] as [(String, (inout Pool) -> Void)] {
            let text = message(try scenario(pool: change))
            #expect(text.contains("pool \"cards\"") && text.contains(name), "\(name): \(text)")
        }
    }

    @Test("counts of a pool are named", arguments: [0, -1, .min, .max])
    func poolCounts(count: Int) throws {
        for change in [
            { $0.nodeCount = count }, { $0.acceleratorsPerNode = count },
            { $0.scaleOut.nicsPerNode = count },
        ] as [(inout Pool) -> Void] {
            #expect(message(try scenario(pool: change)).contains("pool \"cards\""))
        }
    }

    @Test("counts without a meaning do not trap", arguments: [0, -1, Int.min, .max])
    func looseCounts(count: Int) throws {
        for change in [
            { $0.minimumAccelerators = count }, { $0.maximumAccelerators = count },
            { $0.priority = count },
        ] as [(inout Job) -> Void] {
            #expect(!message(try scenario(job: change)).hasPrefix("faults"))
        }
        for change in [
            { $0.scaleUp.size = count }, { $0.reservedNodeCount = count },
            { $0.licence = Licence(acceleratorLimit: count) },
        ] as [(inout Pool) -> Void] {
            #expect(!message(try scenario(pool: change)).hasPrefix("faults"))
        }
    }

    @Test(
        "health of nodes that do not exist, or of no figure, neither hangs nor helps",
        arguments: [
            NodeHealth(nodes: 0...Int.max, speed: 0.5), NodeHealth(nodes: Int.min...Int.max),
            NodeHealth(nodes: 0...1, speed: .nan), NodeHealth(nodes: 0...1, memory: .nan),
            NodeHealth(nodes: 0...1, speed: .infinity), NodeHealth(nodes: 0...1, speed: -1),
            NodeHealth(nodes: 0...1, memory: 1e300), NodeHealth(nodes: 0...1, memory: 1e-300),
        ])
    func health(_ health: NodeHealth) throws {
        #expect(!message(try scenario(pool: { $0.health = [health] })).hasPrefix("faults"))
    }

    @Test("weights and rates are named", arguments: [Double.nan, .infinity, 0, -1])
    func jobFigures(value: Double) throws {
        #expect(message(try scenario(job: { $0.weight = value })).contains("weight"))
        let fixture = try ScenarioFixture()
        let job = try fixture.serve("chat", rate: value)
        #expect(message(try changed { $0.jobs = [job] }).contains("request rate"))
    }

    @Test(
        "rates and weights as large as a double are planned or refused", arguments: [1e19, 1e300])
    func huge(value: Double) throws {
        let fixture = try ScenarioFixture()
        let job = try fixture.serve("chat", rate: value)
        #expect(!message(try changed { $0.jobs = [job] }).hasPrefix("faults"))
        let heavy = try changed { scenario in
            scenario.jobs = (0..<3).map { index in
                var job = scenario.jobs[0]
                job.id = "chat-\(index)"
                job.weight = value * 1e8
                return job
            }
        }
        #expect(!message(heavy).hasPrefix("faults"))
    }

    @Test("names, dates and limits that contradict are errors")
    func contradictions() throws {
        #expect(message(try changed { $0.cluster.pools = [] }) == PlanningError.noPools.description)
        #expect(message(try changed { $0.jobs = [] }) == PlanningError.noJobs.description)
        #expect(message(try changed { $0.jobs += $0.jobs }).contains("\"chat\""))
        #expect(message(try changed { $0.cluster.pools += $0.cluster.pools }).contains("\"cards\""))
        let licence = Licence(expires: CalendarDate(year: 2026, month: 1, day: 1))
        #expect(message(try scenario(pool: { $0.licence = licence })).contains("set `date`"))
        for budget in [-1, Double.nan, .infinity] {
            let text = message(try changed { $0.objective.budget = MoneyRate(budget) })
            #expect(text.contains("budget"))
        }
        for bonus in [Double.nan, .infinity] {
            let rule = PolicyRule(effect: .prefer(bonus: bonus), pools: PoolSelector())
            #expect(message(try changed { $0.policy = [rule] }) != "planned")
        }
    }
}
