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
            var demand = demand
            if let modules = try layout?.recomputeModules() { demand.recomputeModules = modules }
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
        _ demand: ServingDemand, load: RequestRate?, question: ServingQuestion = ServingQuestion()
    ) throws(CommandFailure) -> ServingEstimateReport {
        var demand = demand
        try Self.require(contextProblems(of: demand))
        if let decode = question.decode {
            return try splitOnly(demand, question, decode.group, decode.count)
        }
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
            var report = ServingEstimateReport(
                model, acceleratorCount: count, choices: Array(choices.prefix(limit)),
                isSearched: layout == nil, load: load)
            if let best = choices.first?.estimate {
                let share = load.map { $0 / Double(max(1, count / best.acceleratorCount)) }
                report.percentile = question.percentile
                report.knee = model.knee(best, percent: question.percentile)
                report.latency = share.flatMap { model.latency(best, load: $0) }
            }
            if question.wantsFront {
                report.front = ServingSearch(model).throughputFront(acceleratorLimit: count)
            }
            if question.comparesSplit {
                report.split = SplitServing(prefill: model, decode: model).best(limit: count)
            }
            return report
        } catch {
            throw failure(error, of: demand)
        }
    }

    /// Prefill here, decode elsewhere.
    private func splitOnly(
        _ demand: ServingDemand, _ question: ServingQuestion, _ group: DeviceGroup, _ others: Int
    ) throws(CommandFailure) -> ServingEstimateReport {
        let prefill = ServingModel(demand: demand, group: self.group)
        let decode = ServingModel(demand: demand, group: group)
        let split = SplitServing(prefill: prefill, decode: decode)
            .best(prefillLimit: count, decodeLimit: others)
        do {
            _ = try split.get()
        } catch {
            throw CommandFailure("\(error)")
        }
        var report = ServingEstimateReport(
            prefill, acceleratorCount: count, choices: [], isSearched: true, load: nil)
        report.split = split
        report.decodeGroup = (group, others)
        report.front = ServingSearch(decode).throughputFront(acceleratorLimit: others)
        return report
    }

    /// A context that the model was not made for.
    private func contextProblems(of demand: ServingDemand) -> [String] {
        guard let limit = demand.model.maximumContext else { return [] }
        let (context, isOver) = demand.promptTokens.addingReportingOverflow(demand.outputTokens)
        guard isOver || context > limit else { return [] }
        return [
            "\(demand.promptTokens) tokens in and \(demand.outputTokens) out are more than the "
                + "\(limit) tokens of context that \(demand.model.id) was made for"
        ]
    }

    /// The engine of that name, on whatever accelerator.
    package static func engine(_ name: String) throws(CommandFailure) -> ServingEngine {
        do {
            let names = try ServingEngine.shippedNames()
            if names.contains(name) { return .named(name) }
            throw CommandFailure.unknown(
                "engine", name, among: names, hint: "known: \(names.joined(separator: ", "))")
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// The training software of that name on an architecture.
    package static func stack(
        _ name: String, architecture: String
    ) throws(CommandFailure) -> SoftwareStack {
        do {
            if name == SoftwareStack.current.id { return .current }
            if let stack = try SoftwareStack.shipped(name, architecture: architecture) {
                return stack
            }
            let names = try SoftwareStack.shippedNames()
            throw CommandFailure.unknown(
                "stack", name, among: names, hint: "known: \(names.joined(separator: ", "))")
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// The failure, and what limits the best that can be reached.
    private func failure(_ error: any Error, of demand: ServingDemand) -> CommandFailure {
        guard let rejection = error as? Rejection else { return Self.failure(error) }
        var unlimited = demand
        unlimited.timeToFirstToken = nil
        unlimited.timePerOutputToken = nil
        let model = ServingModel(demand: unlimited, group: group)
        let reason: String?
        switch rejection {
        case .timePerOutputToken:
            reason = ServingSearch(model).limit(acceleratorLimit: count, ofFirstToken: false)
        case .timeToFirstToken:
            reason = ServingSearch(model).limit(acceleratorLimit: count, ofFirstToken: true)
        case .memory: reason = narrower(demand).map { "it fits with --weights \($0.rawValue)" }
        default: reason = nil
        }
        return CommandFailure("\(rejection)" + (reason.map { "; \($0)" } ?? ""))
    }

    /// The widest format of the weights, narrower than what was asked for, in which a replica fits.
    private func narrower(_ demand: ServingDemand) -> NumberFormat? {
        let asked =
            ServingModel(demand: demand, group: group).formats.map(\.weights.bits).min() ?? 16
        return [NumberFormat.fp8, .int8, .fp4, .int4].first { format in
            guard format.bits < asked else { return false }
            var other = demand
            other.weightFormats = [format]
            let search = ServingSearch(ServingModel(demand: other, group: group))
            guard case .success = search.front(acceleratorLimit: count) else { return false }
            return true
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

    static func require(_ problems: [String]) throws(CommandFailure) {
        if !problems.isEmpty { throw CommandFailure(messages: problems) }
    }

    static func failure(_ error: any Error) -> CommandFailure {
        (error as? CommandFailure) ?? CommandFailure("\(error)")
    }
}
