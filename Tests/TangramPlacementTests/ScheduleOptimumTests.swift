import TangramPlacement
import TangramUnits
import Testing

/// Offers by job, for tests.
private struct FixedCosts: CostTable {
    var offers: [String: [CostedOption]]

    func options(for job: Job, in cluster: Cluster) -> [CostedOption]? { offers[job.id] }
}

@Suite("Schedules beside brute force")
struct ScheduleOptimumTests {
    private let fixture: ScenarioFixture

    init() throws { fixture = try ScenarioFixture() }

    /// A job with its ways.
    private struct Queued {
        var weight: Double
        var deadline: Double?
        var ways: [(pool: Int, count: Int, time: Double)]
    }

    private struct Instance {
        var scenario: Scenario
        var offers: [String: [CostedOption]]
        var jobs: [Queued]
        var capacities: [Int]
    }

    /// Up to 3 jobs with up to 3 ways each on nodes of one accelerator, so that what fits by number
    /// fits.
    private func random(
        _ random: inout SeededGenerator, goal: Objective.Goal, hasDeadlines: Bool
    ) throws -> Instance {
        let capacities = (0..<Int.random(in: 1...2, using: &random)).map { _ in
            Int.random(in: 1...4, using: &random)
        }
        let pools = try capacities.enumerated().map {
            try fixture.pool("p\($0)", nodes: $1, perNode: 1)
        }
        var instance = Instance(
            scenario: Scenario(
                name: "queue", cluster: Cluster(name: "queue", pools: pools), jobs: [],
                objective: Objective(goal: goal), horizon: Seconds(1e6)), offers: [:], jobs: [],
            capacities: capacities)
        for index in 0..<Int.random(in: 1...3, using: &random) {
            var job = try fixture.train("job-\(index)")
            job.weight = Double(Int.random(in: 1...4, using: &random))
            let deadline: Double? =
                hasDeadlines && Bool.random(using: &random)
                ? Double(Int.random(in: 2...20, using: &random)) : nil
            if case .train(var demand) = job.work {
                demand.tokens = Tokens(1_000)
                demand.deadline = deadline.map { Seconds($0) }
                job.work = .train(demand)
            }
            let ways = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                (
                    pool: Int.random(in: 0..<pools.count, using: &random),
                    count: Int.random(in: 1...4, using: &random),
                    time: Double(Int.random(in: 1...8, using: &random))
                )
            }
            instance.offers[job.id] = ways.map {
                CostedOption(
                    summary: "way", poolID: "p\($0.pool)", acceleratorCount: $0.count,
                    blockSize: 1, rate: 1_000 / $0.time)
            }
            instance.jobs.append(Queued(weight: job.weight, deadline: deadline, ways: ways))
            instance.scenario.jobs.append(job)
        }
        return instance
    }

    /// The most weight that any schedule does in time, and of those that do it the least value. Starts
    /// are at 0 or where something ends, which is enough for values that grow with ends.
    private func optimum(
        _ instance: Instance, goal: Objective.Goal
    ) -> (weight: Double, value: Double) {
        var best = (weight: -1.0, value: Double.infinity)
        func consider(_ runs: [(pool: Int, count: Int, start: Double, end: Double, job: Int)]) {
            let weight = runs.reduce(0) { $0 + instance.jobs[$1.job].weight }
            let value =
                goal == .makespan
                ? runs.map(\.end).max() ?? 0
                : runs.reduce(0) { $0 + instance.jobs[$1.job].weight * $1.end }
            if weight > best.weight || (weight == best.weight && value < best.value) {
                best = (weight, value)
            }
        }
        func descend(
            _ left: [Int], _ runs: [(pool: Int, count: Int, start: Double, end: Double, job: Int)]
        ) {
            consider(runs)
            for job in left {
                for way in instance.jobs[job].ways where way.count <= instance.capacities[way.pool]
                {
                    for start in Set([0] + runs.map(\.end)) {
                        let end = start + way.time
                        if let limit = instance.jobs[job].deadline, end > limit { continue }
                        // Whether there is room at every time in between that something starts.
                        let times = [start] + runs.map(\.start).filter { $0 > start && $0 < end }
                        let fits = times.allSatisfy { time in
                            runs.filter {
                                $0.pool == way.pool && $0.start <= time && time < $0.end
                            }.reduce(way.count) { $0 + $1.count } <= instance.capacities[way.pool]
                        }
                        if fits {
                            descend(
                                left.filter { $0 != job },
                                runs + [(way.pool, way.count, start, end, job)])
                        }
                    }
                }
            }
        }
        descend(Array(instance.jobs.indices), [])
        return best
    }

    @Test(
        "bound ≤ brute-force optimum ≤ schedule on 2,000 random queues, and equal for the makespan",
        arguments: [Objective.Goal.makespan, .goodput])
    func bruteForce(_ goal: Objective.Goal) throws {
        var random = SeededGenerator(seed: goal == .makespan ? 71 : 72)
        var (bestCount, comparedCount) = (0, 0)
        for round in 0..<2_000 {
            let instance = try self.random(
                &random, goal: goal, hasDeadlines: round.isMultiple(of: 4))
            let schedule = try Planner(costs: FixedCosts(offers: instance.offers))
                .schedule(instance.scenario)
            let best = optimum(instance, goal: goal)
            let done = Set(schedule.entries.map(\.jobID))
            let weight = instance.scenario.jobs.reduce(0) {
                $0 + (done.contains($1.id) ? $1.weight : 0)
            }
            #expect(weight <= best.weight + 1e-9, "round \(round)")
            // Bounds are for the jobs that are in the schedule.
            guard weight == best.weight else { continue }
            comparedCount += 1
            let (value, bound) =
                goal == .makespan
                ? (schedule.makespan.value, schedule.makespanBound.value)
                : (schedule.weightedCompletion, schedule.weightedCompletionBound)
            #expect(value >= best.value * (1 - 1e-9), "round \(round)")
            if value <= best.value * (1 + 1e-9) { bestCount += 1 }
            guard done.count == instance.scenario.jobs.count else { continue }
            #expect(bound <= best.value * (1 + 1e-6), "round \(round)")
            if goal == .makespan { #expect(bound >= value * (1 - 2e-4), "round \(round)") }
        }
        #expect(comparedCount > 1_900, "\(comparedCount)")
        #expect(bestCount > comparedCount * 95 / 100, "\(bestCount) of \(comparedCount)")
    }

    @Test(
        "a job that runs stays on its nodes, or moves where that is earlier for all the move takes")
    func placed() throws {
        let pools = [
            try fixture.pool("old", nodes: 1, perNode: 1),
            try fixture.pool("new", nodes: 1, perNode: 1),
        ]
        var job = try fixture.train("tune")
        if case .train(var demand) = job.work {
            demand.tokens = Tokens(1_000)
            job.work = .train(demand)
        }
        job.placed = [
            CurrentPlacement(poolID: "old", nodes: [NodeAssignment(node: 0, accelerators: 0...0)])
        ]
        let costs = FixedCosts(offers: [
            "tune": [
                CostedOption(summary: "old", poolID: "old", acceleratorCount: 1, rate: 10),
                CostedOption(summary: "new", poolID: "new", acceleratorCount: 1, rate: 20),
            ]
        ])
        // 100 s where it is, 50 s and the move elsewhere.
        for (downtime, end, isMoved) in [(10.0, 60.0, true), (60.0, 100.0, false)] {
            var scenario = Scenario(
                name: "placed", cluster: Cluster(name: "placed", pools: pools), jobs: [job],
                objective: Objective(goal: .makespan), horizon: Seconds(1e6))
            scenario.migration = Migration(downtime: Seconds(downtime), period: .day)
            let schedule = try Planner(costs: costs).schedule(scenario)
            #expect(abs(schedule.makespan.value - end) <= 1e-6)
            #expect(schedule.entries.map(\.isMoved) == [isMoved])
            #expect(schedule.entries.map(\.poolID) == [isMoved ? "new" : "old"])
            #expect(schedule.gap <= 1e-3)
        }
    }
}
