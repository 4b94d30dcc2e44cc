public import TangramCost
import TangramHardware
import TangramModels
public import TangramUnits

/// What training one model on some accelerators costs, as text and JSON.
public struct TrainingEstimateReport: Sendable {
    let model: TrainingModel
    let estimates: [TrainingEstimate]
    let isSearched: Bool
    let front: [TrainingEstimate]
    let explains: Bool

    private var demand: TrainingDemand { model.demand }
    private var accelerator: Accelerator { model.group.accelerator }

    /// Prepares a report.
    ///
    /// - Parameters:
    ///   - model: The job on its accelerators.
    ///   - estimates: The layouts, best first; without any the report is empty.
    ///   - isSearched: Whether the layouts were found by a search.
    ///   - candidates: Layouts of any memory and number of accelerators; those that no other beats in
    ///     all are shown.
    ///   - explains: Whether every term is shown with its source.
    public init(
        _ model: TrainingModel, estimates: [TrainingEstimate], isSearched: Bool,
        candidates: [TrainingEstimate] = [], explains: Bool = false
    ) {
        front = TrainingFront.reduced(candidates)
        self.explains = explains
        self.model = model
        self.estimates = estimates
        self.isSearched = isSearched
    }

    /// The memory that the best layout lacks; nil where it fits.
    public var shortfall: Bytes? {
        estimates.first.flatMap { $0.fits ? nil : $0.memory.shortfall }
    }

    /// The report, with a line break at the end.
    public func text(style: TextStyle = .plain) -> String {
        guard let best = estimates.first else { return "" }
        var facts = FactList(
            title: "Training \(demand.model.id) on "
                + "\(Figures.count(best.acceleratorCount)) × \(accelerator.id)")
        facts.add("network", NetworkText.describe(model.group))
        facts.add(
            "demand",
            "sequences of \(Figures.count(demand.sequenceLength)) tokens, "
                + "\(Figures.count(demand.globalBatchSize)) a step")
        facts.add("recomputed", recomputed(best))
        facts.add("experts", experts)
        facts.add(
            isSearched ? "best layout" : "layout",
            "\(best.layout.summary), \(best.computeFormat.rawValue)")
        facts.add(
            "speed",
            "\(Figures.rate(best.throughput.value)) tokens/s, "
                + "\(Figures.rate(best.throughput.value / Double(best.acceleratorCount)))"
                + " per accelerator")
        facts.add("MFU", Figures.percent(best.modelFLOPUtilisation))
        facts.add("step", "\(best.stepTime) ± \(Figures.percent(best.relativeUncertainty))")
        if let tokens = demand.tokens { facts.add("finish", "\(tokens / best.throughput)") }
        if let phases = best.dualPipe { facts.add("phases", Self.text(phases)) }
        facts.add("cost", cost(best))
        facts.add("work", "\(best.workPerAccelerator) per accelerator and step")
        facts.add("energy", energy(best))
        facts.add("expert exchange", best.expertExchange?.summary)
        var sections = [
            facts.lines(style: style),
            BreakdownText.time(
                "Step time", best.breakdown, total: best.stepTime, style: style),
            BreakdownText.memory("Memory", best.memory, style: style),
        ]
        if explains { sections.append(StageTable.lines(model.stages(best.layout), style)) }
        if !best.fits || (explains && !isSearched) {
            sections.append(StageTable.advice(MemoryAdvice(best.layout, of: model), style))
        }
        if estimates.count > 1 { sections.append(alternatives(style)) }
        if front.count > 1 { sections.append(TrainingFront.lines(front, style)) }
        if explains {
            sections.append(
                TermSources(estimate: best, group: model.group, stack: demand.stack).lines(style))
        }
        sections.append(
            Grounds(
                accelerator: accelerator, links: NetworkText.links(model.group),
                model: demand.model, uncertainty: best.relativeUncertainty
            ).lines(style))
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func recomputed(_ estimate: TrainingEstimate) -> String? {
        guard estimate.layout.recompute == .selective, let modules = demand.recomputeModules else {
            return nil
        }
        return RecomputeModule.allCases.filter(modules.contains).map(\.rawValue)
            .joined(separator: ", ")
    }

    private var experts: String? {
        let load = demand.expertLoad
        guard load != .even, demand.model.isMixtureOfExperts else { return nil }
        var text = "the busiest rank has \(formatNumber(load.imbalance, digits: 4)) × its share"
        if let capacity = load.capacity {
            text +=
                ", computes \(formatNumber(load.busiest, digits: 4)) × under a capacity of "
                + "\(formatNumber(capacity, digits: 4))"
                + (load.isPadded ? ", padded" : "")
                + "; \(Figures.percent(load.droppedShare)) of visits dropped"
        }
        return text
    }

    /// "1F 1.1 s, 1B 2 s, 1W 480 ms, 1F1B 14 s, bubble 2 s, optimizer 290 ms".
    private static func text(_ phases: DualPipePhases) -> String {
        phases.named.map { "\($0.name) \($0.time)" }.joined(separator: ", ")
    }

    private func cost(_ estimate: TrainingEstimate) -> String? {
        guard let price = accelerator.defaultPrice else { return nil }
        let rate = price.rate * Double(estimate.acceleratorCount)
        let perMillion = rate * (Tokens(1e6) / estimate.throughput)
        var text = "\(Figures.money(rate.value)) USD/h, \(perMillion) per million tokens"
        if let tokens = demand.tokens {
            let total = rate * (tokens / estimate.throughput)
            text += ", \(Figures.money(total.value)) USD in all"
        }
        return text + " (\(price.market) price)"
    }

    private func energy(_ estimate: TrainingEstimate) -> String? {
        guard let step = estimate.energyPerStep else { return nil }
        let perToken = step / (estimate.throughput.value * estimate.stepTime.value)
        var text = "\(step) a step, \(perToken) per token"
        if let tokens = demand.tokens { text += ", \(perToken * tokens.value) in all" }
        return text + " (accelerators alone)"
    }

    private func alternatives(_ style: TextStyle) -> [String] {
        var table = TextTable([
            .number(""), .text("layout"), .text("format"), .number("step"),
            .number("tokens/s"), .number("MFU"),
            .number("memory"), .number("of available"),
        ])
        for (index, estimate) in estimates.enumerated() {
            table.add([
                .init("\(index + 1)"), .init(estimate.layout.summary),
                .init(estimate.computeFormat.rawValue),
                .init(estimate.stepTime.description),
                .init(Figures.rate(estimate.throughput.value)),
                .init(Figures.percent(estimate.modelFLOPUtilisation)),
                .init(estimate.memory.total.description),
                .init(
                    Figures.percent(
                        estimate.memory.total.value / max(1, estimate.memory.available.value))),
            ])
        }
        return [style.apply(.bold, "Fastest layouts")] + table.lines(style: style)
    }

    /// The report as JSON.
    public var json: JSONValue {
        .members([
            "tangramEstimateVersion": 1,
            "kind": "train",
            "model": .string(demand.model.id),
            "accelerator": .string(accelerator.id),
            "acceleratorCount": JSONValue(estimates.first?.acceleratorCount),
            "sequenceTokens": .integer(demand.sequenceLength),
            "globalBatchSequences": .integer(demand.globalBatchSize),
            "isSearched": .bool(isSearched),
            "priceUSDPerAcceleratorHour": JSONValue(accelerator.defaultPrice?.rate.value),
            "grounds": Grounds(
                accelerator: accelerator, links: [], model: demand.model,
                uncertainty: accelerator.efficiency.relativeUncertainty
            ).json,
            "estimates": .array(estimates.map(EstimateJSON.training)),
            "front": .array(front.map(EstimateJSON.training)),
            "stages": estimates.first.map { StageTable.json(model.stages($0.layout)) } ?? .null,
            "advice": estimates.first.map {
                isSearched ? .null : StageTable.json(MemoryAdvice($0.layout, of: model))
            } ?? .null,
        ])
    }
}
