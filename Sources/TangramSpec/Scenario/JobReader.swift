import TangramDocument
import TangramHardware
import TangramModels
import TangramPlacement
import TangramUnits

/// A job with the place it was read from and its constraints.
struct LocatedJob {
    var job: Job
    var cursor: Cursor
    var constraints: [LocatedRule]
}

/// Reads `jobs:`.
struct JobReader {
    let models: ModelLibrary
    let rules: PolicyReader
    let cluster: Cluster?

    func jobs(_ cursor: Cursor) -> [LocatedJob] {
        guard let items = cursor.items() else { return [] }
        if items.isEmpty { cursor.fail("a scenario needs at least one job") }
        var unique = UniqueNames("job")
        let largest = cluster?.acceleratorCount
        return items.compactMap { item in
            if let id = item.optional("id"), case .scalar(let text, _) = id.node.content {
                unique.insert(text, at: id)
            }
            return job(item, largest: largest)
        }
    }

    private func job(_ cursor: Cursor, largest: Int?) -> LocatedJob? {
        guard
            cursor.allowKeys([
                "id", "weight", "priority", "tenant", "accelerators", "train", "serve", "rl",
                "constraints", "spread", "placed",
            ])
        else { return nil }
        let id = cursor.required("id")?.identifier()
        let weight = cursor.optional("weight").map(self.weight) ?? 1
        let priority = cursor.optional("priority").map { $0.integer(in: -1_000...1_000) } ?? 0
        let tenant = cursor.optional("tenant")?.words()
        let limits = cursor.optional("accelerators").map { self.limits($0, largest: largest) }
        let constraints =
            cursor.optional("constraints").map { rules.rules($0, allowsFor: false) } ?? []
        let spread = cursor.optional("spread").flatMap(AffinityReader.spread)
        let placed =
            cursor.optional("placed").map { PlacedReader(cluster: cluster).placed($0) } ?? []
        if let own = cursor.optional("spread"), cursor.optional("serve") == nil {
            own.fail("spreads the replicas of a service", note: "training has none")
        }
        guard let work = self.work(cursor), let id, let weight, let priority else { return nil }
        let job = Job(
            id: id, work: work, weight: weight, priority: priority, tenant: tenant,
            minimumAccelerators: limits?.minimum, maximumAccelerators: limits?.maximum,
            constraints: constraints.map(\.rule), spread: spread, placed: placed)
        return LocatedJob(job: job, cursor: cursor, constraints: constraints)
    }

    private func work(_ cursor: Cursor) -> Job.Work? {
        let reader = DemandReader(models: models)
        switch (cursor.optional("train"), cursor.optional("serve"), cursor.optional("rl")) {
        case (let train?, nil, nil): return reader.training(train).map { .train($0) }
        case (nil, let serve?, nil): return reader.serving(serve).map { .serve($0) }
        case (nil, nil, let rl?): return reader.reinforcement(rl).map { .reinforce($0) }
        case (nil, nil, nil):
            cursor.fail("missing key \"train\", \"serve\" or \"rl\"")
            return nil
        case (.some, let serve?, nil):
            serve.fail("a job trains or serves, not both", note: "make two jobs of it")
            return nil
        case (_, _, let rl?):
            rl.fail("a job has one of train, serve and rl", note: "make two jobs of it")
            return nil
        }
    }

    private func weight(_ cursor: Cursor) -> Double? {
        guard let weight = cursor.number(in: 0...1e6) else { return nil }
        guard weight > 0 else {
            cursor.fail("0 is out of range", note: "a weight is above 0 and at most 1,000,000")
            return nil
        }
        return weight
    }

    private func limits(_ cursor: Cursor, largest: Int?) -> (minimum: Int?, maximum: Int?) {
        guard cursor.allowKeys(["min", "max"]) else { return (nil, nil) }
        let range = 1...ClusterReader.acceleratorLimit
        let minimum = cursor.optional("min")?.integer(in: range)
        let maximum = cursor.optional("max")?.integer(in: range)
        if let minimum, let maximum, minimum > maximum {
            cursor.fail("min \(minimum) is more than max \(maximum)")
        } else if let minimum, let largest, minimum > largest {
            cursor.optional("min")?.fail(
                "\(minimum) accelerators are more than the \(largest) of the whole cluster")
        }
        return (minimum, maximum)
    }
}
