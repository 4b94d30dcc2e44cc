import Foundation
import TangramPlacement
import TangramSpec
import Testing

@Suite("Schedules")
struct ScheduleTests {
    /// Many training jobs on few nodes, with one service.
    private func scenario(jobs: Int, objective: String, extra: String = "") throws -> Scenario {
        var text = """
            tangram: 1
            name: queue
            date: 2026-11-24
            horizon: 40 d
            cluster:
              pools:
                - {id: h100, accelerator: h100-sxm-80gb, nodes: 4, per-node: 8, scale-out: ib-ndr400}
                - {id: cards, accelerator: l40s, nodes: 3, per-node: 8, scale-out: roce-100-tuned}
            objective: {\(objective)}
            jobs:
              - id: chat
                serve: {model: llama-3.1-8b, demand: 4 req/s, prompt: 1000, output: 250}

            """
        for index in 0..<jobs {
            let model = ["qwen3-8b", "llama-3.1-8b", "qwen3-32b"][index % 3]
            text += """
                  - id: job\(index)
                    weight: \(1 + index % 4)
                    train: {model: \(model), sequence: 4096, batch: 64, tokens: \(1 + index % 5) Gtok\(index == 0 ? extra : "")}

                """
        }
        return try ScenarioFile.parse(text, path: "queue.yaml").scenario
    }

    /// No accelerator has two jobs at a time, and every entry holds as many as it says.
    private func check(_ schedule: Schedule) {
        var busy: [String: [(start: Double, end: Double, job: String)]] = [:]
        for entry in schedule.entries {
            var count = 0
            for assignment in entry.nodes {
                for accelerator in assignment.accelerators {
                    count += 1
                    busy["\(entry.poolID)/\(assignment.node)/\(accelerator)", default: []].append(
                        (entry.start.value, entry.end.value, entry.jobID))
                }
            }
            #expect(count == entry.acceleratorCount, "\(entry.jobID)")
            #expect(entry.end.value <= schedule.horizon.value * (1 + 1e-9))
        }
        for (place, times) in busy {
            let sorted = times.sorted { $0.start < $1.start }
            for (first, second) in zip(sorted, sorted.dropFirst()) {
                #expect(
                    first.end <= second.start * (1 + 1e-9),
                    "\(first.job) and \(second.job) on \(place)")
            }
        }
    }

    @Test(
        "jobs follow one another on the same nodes, no earlier than the bound",
        arguments: ["minimize: makespan", "maximize: goodput"])
    func bounds(_ objective: String) throws {
        let schedule = try Planner().schedule(scenario(jobs: 24, objective: objective))
        check(schedule)
        #expect(schedule.omissions.isEmpty)
        #expect(schedule.entries.count { !$0.isPermanent } == 24)
        #expect(schedule.entries.contains { $0.start.value > 0 })
        #expect(schedule.makespan.value >= schedule.makespanBound.value * (1 - 1e-9))
        #expect(schedule.weightedCompletion >= schedule.weightedCompletionBound * (1 - 1e-9))
        #expect(schedule.gap <= 0.35, "gap \(schedule.gap)")
    }

    @Test("a deadline holds, and one that cannot be met leaves the job out with the reason")
    func deadlines() throws {
        let early = try Planner().schedule(
            scenario(jobs: 12, objective: "minimize: makespan", extra: ", deadline: 3 d"))
        check(early)
        let first = try #require(early.entries.first { $0.jobID == "job0" })
        #expect(first.end.value <= Seconds.day.value * 3 * (1 + 1e-9))
        let never = try Planner().schedule(
            scenario(jobs: 12, objective: "minimize: makespan", extra: ", deadline: 1 min"))
        check(never)
        #expect(never.omissions.map(\.jobID) == ["job0"])
    }

    @Test("the same scenario gives the same schedule")
    func deterministic() throws {
        let scenario = try scenario(jobs: 10, objective: "minimize: makespan")
        let (one, two) = (try Planner().schedule(scenario), try Planner().schedule(scenario))
        #expect(one.entries == two.entries)
    }

    @Test("a horizon that is no time is an error")
    func refused() throws {
        let scenario = try scenario(jobs: 1, objective: "minimize: makespan")
        #expect(throws: PlanningError.self) {
            try Planner().schedule(scenario, horizon: Seconds(-1))
        }
        #expect(throws: PlanningError.self) {
            try Planner().schedule(scenario, horizon: Seconds(.nan))
        }
    }
}
