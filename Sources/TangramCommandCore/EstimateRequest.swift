package import Tangram

/// What `tangram estimate` is asked: one job on one set of accelerators.
package struct EstimateRequest: Sendable {
    /// The accelerators.
    package var group: DeviceGroup
    /// How many.
    package var count: Int
    /// A layout; nil to search for one.
    package var layout: LayoutText?
    /// How many layouts to show.
    package var limit: Int
    /// Who searches.
    package var workers: any WorkerPool
    /// Whether every term is shown with its source.
    package var explains = false

    /// Creates a request.
    package init(
        group: DeviceGroup, count: Int, layout: LayoutText?, limit: Int,
        workers: any WorkerPool = SerialWorkers()
    ) {
        self.workers = workers
        self.group = group
        self.count = count
        self.layout = layout
        self.limit = limit
    }

    /// Training, by the layout given or the fastest found.
    package func train(_ demand: TrainingDemand) throws(CommandFailure) -> TrainingEstimateReport {
        do {
            let search = try TrainingSearch(demand: demand, group: group)
            let model = search.model
            guard let layout else {
                let found = try search.ranked(
                    acceleratorCount: count, limit: limit, workers: workers
                ).get()
                return TrainingEstimateReport(
                    model, estimates: found, isSearched: true,
                    candidates: candidates(search), explains: explains)
            }
            let given = try layout.training(count: count)
            try Self.require(
                LayoutCheck(model: demand.model, group: group)
                    .problems(of: given, demand: demand, count: count))
            return TrainingEstimateReport(
                model, estimates: [model.estimate(given)], isSearched: false,
                explains: explains)
        } catch {
            throw Self.failure(error)
        }
    }

    /// The fronts of all accelerators, and of a half, a quarter and an eighth of them.
    private func candidates(_ search: TrainingSearch) -> [TrainingEstimate] {
        var found: [TrainingEstimate] = []
        for part in [1, 2, 4, 8] where count % part == 0 {
            let front = search.front(acceleratorCount: count / part, workers: workers)
            if case .success(let estimates) = front { found += estimates }
        }
        return found
    }

    /// Serving, by the layout given or the replicas that serve most.
    ///
    /// - Parameter load: Requests per second that arrive, spread over all replicas; nil for as many
    ///   as they can serve.
    package func serve(
        _ demand: ServingDemand, load: RequestRate?
    ) throws(CommandFailure) -> ServingEstimateReport {
        var demand = demand
        do {
            let estimates: [ServingEstimate]
            if let layout {
                let given = try layout.serving()
                if let weights = given.weights { demand.weightFormats = [weights] }
                if let format = given.keyValues { demand.keyValueFormat = format }
                let model = ServingModel(demand: demand, group: group)
                estimates = [try estimate(given.layout, model)]
            } else {
                let model = ServingModel(demand: demand, group: group)
                estimates = try ServingSearch(model).front(acceleratorLimit: count).get()
            }
            let model = ServingModel(demand: demand, group: group)
            let choices = estimates.map { estimate in
                let replicas = max(1, count / estimate.acceleratorCount)
                let share = load.map { $0 / Double(replicas) }
                return ServingEstimateReport.Choice(
                    estimate: share.map { model.estimate(estimate, at: $0) } ?? estimate,
                    replicaCount: replicas)
            }.sorted { $0.capacity > $1.capacity }
            return ServingEstimateReport(
                model, acceleratorCount: count, choices: Array(choices.prefix(limit)),
                isSearched: layout == nil, load: load)
        } catch {
            throw Self.failure(error)
        }
    }

    private func estimate(
        _ given: ServingLayout, _ model: ServingModel
    ) throws -> ServingEstimate {
        guard let format = model.formats.first else {
            let wanted =
                model.demand.weightFormats.first ?? model.demand.model.checkpointFormat ?? .bf16
            throw Rejection.formatUnsupported(wanted, accelerator: group.accelerator.id)
        }
        var layout = given
        layout.weightFormat = format.weights
        layout.computeFormat = format.compute
        layout.keyValueFormat = model.demand.keyValueFormat
        try Self.require(
            LayoutCheck(model: model.demand.model, group: group)
                .problems(of: layout, count: count))
        return try model.estimate(layout).get()
    }

    private static func require(_ problems: [String]) throws(CommandFailure) {
        if !problems.isEmpty { throw CommandFailure(messages: problems) }
    }

    private static func failure(_ error: any Error) -> CommandFailure {
        (error as? CommandFailure) ?? CommandFailure("\(error)")
    }
}
