import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram estimate MODEL --on ACCELERATOR --count N`.
struct EstimateCommand: ParsableCommand {
    enum Work: EnumerableFlag {
        case train
        case serve
        case rl
    }

    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Cost one model on one set of accelerators, without a scenario.",
        discussion: """
            In numbers of tokens k is 1,024 and M 1,024²; other quantities carry units. A layout \
            for training has the keys tp, pp, vpp, cp, dp, ep, etp, zero, mb, recompute, schedule, \
            exchange, last and shard, one for serving tp, pp, dp, cp, ep, weights and kv. Reinforcement learning \
            (--rl) takes --prompt and --output-tokens for its lengths, --batch for its updates, and \
            --layout for the learner.
            """)

    @Argument(help: "A model of the catalogue, or the path of a Hugging Face config.json.")
    var model: String

    @Option(name: .customLong("on"), help: "The accelerator.")
    var accelerator: String

    @Option(help: "How many accelerators.")
    var count: Int

    @Flag(help: "What is done with the model.")
    var work: Work

    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup(title: "Serving") var serving: ServingOptions
    @OptionGroup(title: "Reinforcement learning") var reinforcement: ReinforcementOptions
    @OptionGroup(title: "Network") var network: NetworkOptions

    @Option(help: "The layout, for example tp=8,pp=4,mb=1; searched where none is given.")
    var layout: String?

    @Option(
        help: "Write a plot of throughput against speed for a user to this SVG file (serving).")
    var plot: String?

    @Option(help: "How many layouts to show.")
    var top = 5

    @Flag(help: "Show where every term of a training estimate comes from.")
    var explain = false

    @OptionGroup var workers: ThreadOptions
    @OptionGroup var catalogs: CatalogOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if top < 1 { throw ValidationError("--top \(top) is not at least 1") }
    }

    func run() throws {
        let catalogues = try catalogs.catalogues()
        let model = try catalogues.model(model)
        let set = network.set(accelerator: accelerator, count: count)
        var request = EstimateRequest(
            group: try catalogues.group(set), count: count,
            layout: try layout.map { try LayoutText($0) }, limit: top,
            workers: try workers.pool())
        request.explains = explain
        switch work {
        case .train:
            let report = try request.train(try learner(model, request.group))
            try output.emit(text: { report.text(style: $0) }, json: { report.json })
            if let shortfall = report.shortfall {
                throw CommandFailure("the layout does not fit: \(shortfall) of memory are missing")
            }
        case .rl:
            let report = try request.reinforce(try question(catalogues, model, request.group))
            try output.emit(text: { report.text(style: $0) }, json: { report.json })
        case .serve:
            let demand = try serving.demand(model, dispatch: network.allToAll)
            var question = serving.question
            question.wantsFront = plot != nil || serving.split || serving.decodeOn != nil
            if let name = serving.decodeOn, let decodeCount = serving.decodeCount {
                var other = network
                other.scaleUp = nil
                question.decode = (
                    try catalogues.group(other.set(accelerator: name, count: decodeCount)),
                    decodeCount
                )
            }
            let report = try request.serve(
                demand, load: serving.rate?.quantity, question: question)
            if let plot { try TextOutput.write(report.plot, path: plot) }
            try output.emit(text: { report.text(style: $0) }, json: { report.json })
        }
    }

    private func learner(
        _ model: TransformerModel, _ group: DeviceGroup
    ) throws -> TrainingDemand {
        var demand = training.demand(model, dispatch: network.allToAll)
        if let stack = training.stack {
            demand.stack = try EstimateRequest.stack(
                stack, architecture: group.accelerator.architecture)
        }
        return demand
    }

    private func question(
        _ catalogues: Catalogues, _ model: TransformerModel, _ group: DeviceGroup
    ) throws -> ReinforcementQuestion {
        var demand = reinforcement.demand(
            try learner(model, group), prompt: serving.prompt.value,
            answer: serving.outputTokens.value)
        demand.keyValueFormat = serving.kv
        demand.rolloutFormats = serving.weights.map { [$0] } ?? []
        if let name = reinforcement.rewardModel {
            demand.reward = .model(try catalogues.model(name))
        }
        var question = ReinforcementQuestion(demand: demand)
        question.rolloutLayout = try reinforcement.rolloutLayout.map { try LayoutText($0) }
        var sampling = group
        if let name = reinforcement.rolloutOn, let others = reinforcement.rolloutCount {
            var other = network
            other.scaleUp = nil
            sampling = try catalogues.group(other.set(accelerator: name, count: others))
            question.rollout = (sampling, others)
        }
        if let framework = reinforcement.framework {
            question.demand.framework = try EstimateRequest.framework(framework)
        }
        if let engine = serving.engine {
            question.demand.engine = try EstimateRequest.engine(engine)
        }
        return question
    }
}
