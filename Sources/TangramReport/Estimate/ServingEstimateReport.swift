public import TangramCost
import TangramHardware
import TangramModels
public import TangramUnits

/// What serving one model on some accelerators costs, as text and JSON.
public struct ServingEstimateReport: Sendable {
    /// Replicas of one layout.
    public struct Choice: Sendable {
        /// One replica.
        public var estimate: ServingEstimate
        /// How many replicas the accelerators hold.
        public var replicaCount: Int

        /// Creates a choice.
        public init(estimate: ServingEstimate, replicaCount: Int) {
            self.estimate = estimate
            self.replicaCount = replicaCount
        }

        /// Requests per second of all replicas within the limits.
        public var capacity: RequestRate { estimate.capacity * Double(replicaCount) }
        /// Output tokens per second of all replicas.
        public var throughput: TokenRate { estimate.outputThroughput * Double(replicaCount) }
    }

    let model: ServingModel
    let acceleratorCount: Int
    let choices: [Choice]
    let isSearched: Bool
    let load: RequestRate?
    /// Percentiles of the best layout at the load; nil where none was named.
    public var latency: ServingLatency?
    /// Percentiles at the highest load that keeps the limits.
    public var knee: ServingLatency?
    /// The percentile that the knee is for.
    public var percentile = 90
    /// The front of throughput against speed for a user; empty where it was not asked for.
    public var front: [ServingFrontPoint] = []
    /// Prefill and decode apart; nil where it was not asked for.
    public var split: Result<SplitEstimate, Rejection>?
    /// Where decode runs, where that is elsewhere.
    public var decodeGroup: (group: DeviceGroup, count: Int)?

    var demand: ServingDemand { model.demand }
    var accelerator: Accelerator { model.group.accelerator }

    /// Prepares a report.
    ///
    /// - Parameters:
    ///   - model: The job on its accelerators.
    ///   - acceleratorCount: How many accelerators there are.
    ///   - choices: The layouts, best first; without any the report is empty.
    ///   - isSearched: Whether the layouts were found by a search.
    ///   - load: Requests per second that arrive; nil where replicas run at their capacity.
    public init(
        _ model: ServingModel, acceleratorCount: Int, choices: [Choice], isSearched: Bool,
        load: RequestRate? = nil
    ) {
        self.model = model
        self.acceleratorCount = acceleratorCount
        self.choices = choices
        self.isSearched = isSearched
        self.load = load
    }

    /// The report, with a line break at the end.
    public func text(style: TextStyle = .plain) -> String {
        guard let best = choices.first else {
            return (splitLines(style) + [""] + frontLines(style)).joined(separator: "\n") + "\n"
        }
        let estimate = best.estimate
        var facts = FactList(
            title: "Serving \(demand.model.id) on "
                + "\(Figures.count(acceleratorCount)) × \(accelerator.id)")
        facts.add("network", NetworkText.describe(model.group))
        facts.add("demand", demandText)
        facts.add(
            isSearched ? "best layout" : "layout",
            "\(best.replicaCount) × \(estimate.layout.summary)")
        facts.add(
            "capacity",
            "\(Figures.rate(best.capacity.value)) req/s"
                + (load.map { ", load \(Figures.rate($0.value)) req/s" } ?? ""))
        facts.add(
            "speed",
            "\(Figures.rate(best.throughput.value)) output tokens/s, "
                + "\(Figures.rate(best.throughput.value / Double(usedCount(best))))"
                + " per accelerator")
        facts.add(
            "TTFT", "\(estimate.timeToFirstToken)" + Figures.range(estimate.uncertainty.firstToken))
        facts.add(
            "TPOT", "\(estimate.timePerOutputToken)" + Figures.range(estimate.uncertainty.token))
        facts.add("engine", engineText)
        facts.add("weights", conversion(estimate.layout))
        facts.add("SLO", slo(best))
        facts.add(
            "sequences at once",
            "\(formatNumber(estimate.batch, digits: 3)) of at most "
                + "\(Figures.count(estimate.batchLimit)) in each replica")
        facts.add("cost", cost(best))
        facts.add("experts, prefill", estimate.prefillExchange?.summary)
        facts.add("experts, decode", estimate.decodeExchange?.summary)
        var sections = [facts.lines(style: style)]
        sections += ExplainReport.servingSections(estimate, style)
        if choices.count > 1 { sections.append(alternatives(style)) }
        for lines in [percentileLines(style), splitLines(style), frontLines(style)]
        where !lines.isEmpty { sections.append(lines) }
        sections.append(
            Grounds(
                accelerator: accelerator, links: NetworkText.links(model.group),
                model: demand.model, uncertainty: estimate.relativeUncertainty
            ).lines(style))
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func usedCount(_ choice: Choice) -> Int {
        max(1, choice.replicaCount * choice.estimate.acceleratorCount)
    }

    private var demandText: String {
        var text =
            "\(Figures.count(demand.promptTokens)) tokens in, "
            + "\(Figures.count(demand.outputTokens)) out"
        if demand.promptLengths != .constant || demand.outputLengths != .constant {
            text += " on average"
        }
        if let images = demand.images {
            text +=
                ", \(Figures.count(images.tokens)) of them of \(Figures.count(images.count)) "
                + (images.count == 1 ? "image" : "images")
        }
        if let drafts = demand.speculation {
            text +=
                ", \(drafts.draftCount) drafts of which a step keeps "
                + "\(formatNumber(drafts.keptTokens - 1, digits: 2))"
        }
        if demand.prefixHitRate > 0 {
            text += ", \(Figures.percent(demand.prefixHitRate)) of prompts cached"
        }
        if let percent = demand.percentile { text += ", of \(percent) % of the requests:" }
        if let limit = demand.timeToFirstToken { text += ", TTFT at most \(limit)" }
        if let limit = demand.timePerOutputToken { text += ", TPOT at most \(limit)" }
        return text
    }

    private var engineText: String {
        let engine = demand.engine
        return engine.id
            + (engine.isFitted || engine.uncertainty == nil || engine.id.hasPrefix("ideal")
                ? "" : ", as on other accelerators: not fitted to runs on this one")
    }

    /// What is served where the accelerator lacks the checkpoint's format.
    private func conversion(_ layout: ServingLayout) -> String? {
        let model = demand.model
        guard let published = model.expertCheckpointFormat ?? model.checkpointFormat,
            published != layout.weightFormat
        else { return nil }
        return accelerator.computeFormat(for: published, isTraining: false) == nil
            ? "published in \(published.rawValue), which \(accelerator.id) lacks: served in "
                + layout.weightFormat.rawValue
            : "published in \(published.rawValue), served in \(layout.weightFormat.rawValue)"
    }

    private func slo(_ choice: Choice) -> String? {
        if let load, load > choice.capacity { return "missed: the load is beyond the capacity" }
        let level = ServiceLevel(choice.estimate, demand: demand)
        return level == .none ? nil : level.rawValue
    }

    private func cost(_ choice: Choice) -> String? {
        guard let price = accelerator.defaultPrice else { return nil }
        let rate = price.rate * Double(usedCount(choice))
        let perMillion = rate * (Tokens(1e6) / choice.throughput)
        return "\(Figures.money(rate.value)) USD/h, \(perMillion) per million output tokens"
            + " (\(price.market) price)"
    }

    private func alternatives(_ style: TextStyle) -> [String] {
        var table = TextTable([
            .number(""), .text("replicas × layout"), .number("req/s"), .number("tokens/s"),
            .number("TTFT"), .number("TPOT"), .number("memory"),
        ])
        for (index, choice) in choices.enumerated() {
            let estimate = choice.estimate
            table.add([
                .init("\(index + 1)"),
                .init("\(choice.replicaCount) × \(estimate.layout.summary)"),
                .init(Figures.rate(choice.capacity.value)),
                .init(Figures.rate(choice.throughput.value)),
                .init(estimate.timeToFirstToken.description),
                .init(estimate.timePerOutputToken.description),
                .init(estimate.memory.total.description),
            ])
        }
        return [style.apply(.bold, "Sizes of replicas")] + table.lines(style: style)
    }

    /// The report as JSON.
    public var json: JSONValue {
        .members([
            "tangramEstimateVersion": 1,
            "kind": "serve",
            "model": .string(demand.model.id),
            "accelerator": .string(accelerator.id),
            "acceleratorCount": .integer(acceleratorCount),
            "promptTokens": .integer(demand.promptTokens),
            "outputTokens": .integer(demand.outputTokens),
            "loadRequestsPerSecond": JSONValue(load?.value),
            "isSearched": .bool(isSearched),
            "priceUSDPerAcceleratorHour": JSONValue(accelerator.defaultPrice?.rate.value),
            "grounds": Grounds(
                accelerator: accelerator, links: [], model: demand.model,
                uncertainty: accelerator.efficiency.relativeUncertainty
            ).json,
            "estimates": .array(choices.map(Self.json)),
        ]).appending(loadJSON)
    }

    private static func json(_ choice: Choice) -> JSONValue {
        .members([
            "replicaCount": .integer(choice.replicaCount),
            "capacityRequestsPerSecond": .number(choice.capacity.value),
            "outputTokensPerSecond": .number(choice.throughput.value),
            "replica": EstimateJSON.serving(choice.estimate),
        ])
    }
}
