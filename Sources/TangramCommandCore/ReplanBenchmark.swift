package import Tangram

/// Measures a plan after one event against a plan from scratch, on a whole scenario.
package struct ReplanBenchmark {
    /// Events of one kind.
    package struct Events {
        package var name: String
        /// Seconds of each, ascending.
        package var seconds: [Double]
        /// How many jobs one changed, at most.
        package var changedCount: Int

        package var median: Double { seconds.isEmpty ? 0 : seconds[seconds.count / 2] }
    }

    package var jobCount: Int
    package var acceleratorCount: Int
    /// Seconds of a plan from scratch, costing, pricing, packing and reasons included.
    package var scratchSeconds: Double
    package var events: [Events] = []
    /// The objective after all events over that of a plan from scratch of the same scenario.
    package var objectiveShare: Double
    /// The gap to the bound that the session still has.
    package var gap: Double

    /// Lets `count` jobs arrive and as many nodes fail, in turn.
    package init(_ scenario: Scenario, count: Int, workers: any WorkerPool) throws {
        let planner = Planner(workers: workers)
        jobCount = scenario.jobs.count
        acceleratorCount = scenario.cluster.acceleratorCount
        scratchSeconds = .infinity
        for _ in 0..<2 {
            let (seconds, _) = try Self.timed { try planner.plan(scenario) }
            scratchSeconds = min(scratchSeconds, seconds)
        }
        var session = try PlanSession(scenario, planner: planner)
        var arrivals = Events(name: "a job arrives", seconds: [], changedCount: 0)
        var failures = Events(name: "a node fails", seconds: [], changedCount: 0)
        for event in 0..<count {
            // Jobs like those that are there, from all over the list.
            var job = scenario.jobs[event * 997 % scenario.jobs.count]
            job.id = "arrival-\(event)"
            let (added, first) = try Self.timed { try session.add(job) }
            arrivals.seconds.append(added)
            arrivals.changedCount = max(arrivals.changedCount, first.jobs.count)
            let pool = scenario.cluster.pools[event % scenario.cluster.pools.count]
            let node = (event * 37) % pool.nodeCount
            let (failed, second) = try Self.timed {
                try session.fail(node: node, ofPool: pool.id)
            }
            failures.seconds.append(failed)
            failures.changedCount = max(failures.changedCount, second.jobs.count)
        }
        arrivals.seconds.sort()
        failures.seconds.sort()
        events = [arrivals, failures]
        let fresh = try planner.plan(session.scenario)
        objectiveShare = session.objective / fresh.proof.measures[0].objective
        gap = session.gap
    }

    private static func timed<Result>(
        _ body: () throws -> Result
    ) rethrows -> (seconds: Double, result: Result) {
        let start = ContinuousClock.now
        let result = try body()
        let time = (ContinuousClock.now - start).components
        return (Double(time.seconds) + Double(time.attoseconds) * 1e-18, result)
    }

    /// A table in Markdown.
    package var text: String {
        var lines = [
            "| event, \(jobCount) jobs on \(acceleratorCount) accelerators | median | slowest | from scratch | ratio of the slowest | jobs changed, at most |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
        ]
        for entry in events {
            let slowest = entry.seconds.last ?? 0
            lines.append(
                "| \(entry.name) | \(Seconds(entry.median)) | \(Seconds(slowest)) "
                    + "| \(Seconds(scratchSeconds)) "
                    + "| \(formatNumber(slowest > 0 ? scratchSeconds / slowest : 0, digits: 3)) × "
                    + "| \(entry.changedCount) |")
        }
        lines.append("")
        lines.append(
            "After all events the objective is \(formatNumber(objectiveShare * 100, digits: 6)) % "
                + "of that of a plan from scratch; the gap to the kept bound is "
                + "\(formatNumber(gap * 100, digits: 3)) %.")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same as JSON.
    package var json: JSONValue {
        .members([
            "tangramReplanBenchmarkVersion": .integer(1),
            "jobCount": .integer(jobCount), "acceleratorCount": .integer(acceleratorCount),
            "scratchSeconds": .number(scratchSeconds),
            "events": .array(
                events.map { entry in
                    .members([
                        "name": .string(entry.name), "medianSeconds": .number(entry.median),
                        "slowestSeconds": .number(entry.seconds.last ?? 0),
                        "changedJobCount": .integer(entry.changedCount),
                    ])
                }),
            "objectiveShare": .number(objectiveShare), "gap": .number(gap),
        ])
    }
}
