public import ArgumentParser
public import Tangram
package import TangramCommandCore

extension NumberFormat: ExpressibleByArgument {}

/// A quantity with its unit, as an argument.
struct QuantityArgument<Value: Quantity>: ExpressibleByArgument {
    var quantity: Value

    init?(argument: String) { nil }

    init(_ text: String) throws {
        do {
            quantity = try Value(parsing: text)
        } catch {
            throw ValidationError(error.description)
        }
        guard quantity.value > 0 else { throw ValidationError("\(text) is not above 0") }
    }
}

/// An amount of memory with its unit, as an argument.
struct BytesArgument {
    var bytes: Bytes

    init(_ text: String) throws {
        do {
            bytes = try Bytes(parsing: text)
        } catch {
            throw ValidationError(error.description)
        }
        guard bytes > .zero else { throw ValidationError("\(text) is not above 0") }
    }
}

extension TokenCount: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

/// What is trained.
struct TrainingOptions: ParsableArguments {
    @Option(help: "Tokens of a sequence.")
    var sequence: TokenCount = .fourThousand

    @Option(help: "Sequences of an optimizer step.")
    var batch = 1_024

    @Option(help: "Arithmetic of training; given several times, the fastest is taken.")
    var precision = [NumberFormat.bf16]

    @Option(
        help: "Tokens to train on, for example \"14.8 Ttok\".", transform: QuantityArgument.init)
    var tokens: QuantityArgument<Tokens>?

    @Option(help: "Train low-rank adapters of this rank only.")
    var lora: Int?

    @Option(help: "How 8-bit operands are scaled; the software's way by default.")
    var scaling: NarrowScaling?

    @Option(help: "Training software of stacks.json, for example megatron-bridge-2025.")
    var stack: String?

    @Option(help: "Mean tokens of documents that are packed into a sequence.")
    var documents: TokenCount?

    @Option(help: "Visits of the busiest rank's experts over the average, at least 1.")
    var expertImbalance = 1.0

    @Option(help: "Capacity factor of experts: what goes beyond is dropped.")
    var expertCapacity: Double?

    @Flag(help: "Pad experts to their capacity.")
    var padExperts = false

    @Option(help: "Format of results from experts. (bf16, logfmt10, fp8)")
    var combine = CommunicationCompression.Combine.bf16

    @Option(help: "Gradients between replicas: powersgd:RANK, 1bit or topk:SHARE.")
    var gradients: GradientArgument?

    @Option(help: "Gather weights in this format instead of 16 bits, for example fp8.")
    var gather: NumberFormat?

    @Option(
        help: "Time between checkpoints, for example \"30 min\"; needs --storage.",
        transform: QuantityArgument.init)
    var checkpoint: QuantityArgument<Seconds>?

    @Option(
        help: "Bandwidth to storage of all nodes together, for example \"100 GB/s\".",
        transform: QuantityArgument.init)
    var storage: QuantityArgument<Bandwidth>?

    func validate() throws {
        if !(1...100_000_000).contains(batch) {
            throw ValidationError("--batch \(batch) is not from 1 to 100,000,000")
        }
        if let lora, !(1...8_192).contains(lora) {
            throw ValidationError("--lora \(lora) is not a rank from 1 to 8,192")
        }
        if !(1...1_000).contains(expertImbalance) {
            throw ValidationError("--expert-imbalance \(expertImbalance) is not from 1 to 1,000")
        }
        if let expertCapacity, !(0.01...1_000).contains(expertCapacity) {
            throw ValidationError("--expert-capacity \(expertCapacity) is not from 0.01 to 1,000")
        }
        if padExperts && expertCapacity == nil {
            throw ValidationError("--pad-experts needs --expert-capacity")
        }
        if (checkpoint == nil) != (storage == nil) {
            throw ValidationError("--checkpoint and --storage need each other")
        }
    }

    func demand(_ model: TransformerModel, dispatch: NumberFormat) -> TrainingDemand {
        var demand = TrainingDemand(
            model: model, sequenceLength: sequence.value, globalBatchSize: batch,
            tokens: tokens?.quantity, format: precision.first ?? .bf16,
            method: lora.map { .lora(rank: $0) } ?? .full)
        demand.alternativeFormats = Array(precision.dropFirst())
        demand.dispatchFormat = dispatch
        demand.documentTokens = documents?.value
        demand.narrowScaling = scaling
        demand.expertLoad = ExpertLoad(
            imbalance: expertImbalance, capacity: expertCapacity, isPadded: padExperts)
        demand.compression = CommunicationCompression(
            combine: combine, gradient: gradients?.gradient ?? .none, gather: gather)
        if let checkpoint, let storage {
            demand.checkpoint = CheckpointPlan(
                interval: checkpoint.quantity, bandwidth: storage.quantity)
        }
        return demand
    }
}

extension CommunicationCompression.Combine: ExpressibleByArgument {}
extension NarrowScaling: ExpressibleByArgument {}

/// "powersgd:4", "1bit" or "topk:0.01".
struct GradientArgument: ExpressibleByArgument {
    var gradient: CommunicationCompression.Gradient

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: ":").map(String.init)
        switch (parts.first, parts.count) {
        case ("1bit", 1): gradient = .oneBit
        case ("powersgd", 2):
            guard let rank = Int(parts[1]), (1...1_024).contains(rank) else { return nil }
            gradient = .powerSGD(rank: rank)
        case ("topk", 2):
            guard let share = Double(parts[1]), share > 0, share <= 1 else { return nil }
            gradient = .topK(share: share)
        default: return nil
        }
    }
}

/// What is served.
struct ServingOptions: ParsableArguments {
    @Option(help: "Mean tokens of a prompt.")
    var prompt: TokenCount = .twoThousand

    @Option(help: "Mean tokens of an answer.")
    var outputTokens: TokenCount = .fiveHundred

    @Option(help: "Longest mean time to the first token.", transform: QuantityArgument.init)
    var ttft: QuantityArgument<Seconds>?

    @Option(help: "Longest mean time per output token.", transform: QuantityArgument.init)
    var tpot: QuantityArgument<Seconds>?

    @Option(
        help: "Load, for example \"10 req/s\"; without it replicas run at capacity.",
        transform: QuantityArgument.init)
    var rate: QuantityArgument<RequestRate>?

    @Option(help: "Format of the weights; the checkpoint's where none is given.")
    var weights: NumberFormat?

    @Option(help: "Format of the KV cache.")
    var kv = NumberFormat.bf16

    @Option(
        help: """
            A serving engine of engines.json whose overheads are counted, or ideal for none; by \
            default the usual one of the accelerator's vendor.
            """)
    var engine: String?

    @Option(help: "Share of prompt tokens that are cached from earlier requests, 0 to below 1.")
    var prefixHits = 0.0

    @Option(help: "Drafts of further tokens that every step checks.")
    var drafts = 0

    @Option(help: "Acceptance of a draft where those before it were accepted.")
    var acceptance = 0.8

    @Option(help: "Percentile of requests that the knee of the load is for: 50, 90 or 99.")
    var percentile = 90

    @Flag(help: "Limits on times hold for --percentile of the requests instead of the mean one.")
    var atPercentile = false

    @Option(help: "Prompts are uniform within this part of their mean length, 0 to below 1.")
    var spread: Double?

    @Option(help: "Lengths of prompts are log-normal with this deviation over the mean.")
    var promptVariation: Double?

    @Option(help: "Lengths of answers are log-normal with this deviation over the mean.")
    var outputVariation: Double?

    @Option(help: "A CSV of counted lengths: prompt,output and optionally weight; gives the means.")
    var lengths: String?

    @Option(help: "Tokens of a prompt that are of images; the model needs a vision_config.")
    var imageTokens: TokenCount?

    @Option(help: "Images of a prompt.")
    var images = 1

    @Option(help: "Further copies of busy experts in every layer, over all ranks (EPLB).")
    var redundantExperts = 0

    @Option(help: "The busiest rank's share of tokens over the average, at least 1.")
    var imbalance: Double?

    @Option(
        help: "Host memory that the cache of one accelerator may fill, for example \"128 GiB\".",
        transform: BytesArgument.init)
    var hostCache: BytesArgument?

    @Flag(help: "Compare with prefill and decode apart on the same accelerators.")
    var split = false

    @Option(help: "Decode on this accelerator; prefill stays on that of --on.")
    var decodeOn: String?

    @Option(help: "How many accelerators decode.")
    var decodeCount: Int?

    func validate() throws {
        if !(0..<1).contains(prefixHits) {
            throw ValidationError("--prefix-hits \(prefixHits) is not from 0 to below 1")
        }
        if !(0...16).contains(drafts) {
            throw ValidationError("--drafts \(drafts) is not from 0 to 16")
        }
        if !(0...1).contains(acceptance) {
            throw ValidationError("--acceptance \(acceptance) is not from 0 to 1")
        }
        if ![50, 90, 99].contains(percentile) {
            throw ValidationError("--percentile \(percentile) is not 50, 90 or 99")
        }
        if let spread, !(0..<1).contains(spread) {
            throw ValidationError("--spread \(spread) is not from 0 to below 1")
        }
        for (name, value) in [("prompt", promptVariation), ("output", outputVariation)] {
            if let value, !(0.001...10).contains(value) {
                throw ValidationError("--\(name)-variation \(value) is not from 0.001 to 10")
            }
        }
        if spread != nil, promptVariation != nil {
            throw ValidationError("--spread and --prompt-variation say the same in two ways")
        }
        if !(0...100_000).contains(redundantExperts) {
            throw ValidationError(
                "--redundant-experts \(redundantExperts) is not from 0 to 100,000")
        }
        if !(1...100_000).contains(images) {
            throw ValidationError("--images \(images) is not from 1 to 100,000")
        }
        if let imbalance, !(1...100).contains(imbalance) {
            throw ValidationError("--imbalance \(imbalance) is not from 1 to 100")
        }
        if (decodeOn == nil) != (decodeCount == nil) {
            throw ValidationError("--decode-on and --decode-count belong together")
        }
        if let decodeCount, !(1...1_000_000).contains(decodeCount) {
            throw ValidationError("--decode-count \(decodeCount) is not from 1 to 1,000,000")
        }
    }

    /// What else the estimate is asked.
    var question: ServingQuestion {
        ServingQuestion(percentile: percentile, comparesSplit: split)
    }

    func demand(
        _ model: TransformerModel, dispatch: NumberFormat
    ) throws -> ServingDemand {
        var demand = ServingDemand(
            model: model, requestRate: rate?.quantity ?? RequestRate(1),
            promptTokens: prompt.value, outputTokens: outputTokens.value,
            weightFormats: weights.map { [$0] } ?? [], keyValueFormat: kv,
            timeToFirstToken: ttft?.quantity, timePerOutputToken: tpot?.quantity)
        demand.dispatchFormat = dispatch
        demand.prefixHitRate = prefixHits
        if drafts > 0 {
            demand.speculation = Speculation(draftCount: drafts, acceptance: acceptance)
        }
        if let spread { demand.promptLengths = .uniform(spread: spread) }
        if let variation = promptVariation {
            demand.promptLengths = .logNormal(variation: variation)
        }
        if let variation = outputVariation {
            demand.outputLengths = .logNormal(variation: variation)
        }
        if let lengths {
            let counted = try CountedLengths(file: lengths)
            (demand.promptTokens, demand.promptLengths) = (
                counted.prompt.mean, counted.prompt.lengths
            )
            (demand.outputTokens, demand.outputLengths) = (
                counted.output.mean, counted.output.lengths
            )
        }
        if let tokens = imageTokens {
            demand.images = ImageInput(tokens: tokens.value, count: images)
        }
        demand.redundantExperts = redundantExperts
        demand.expertImbalance = imbalance
        demand.hostCache = hostCache?.bytes
        demand.percentile = atPercentile ? percentile : nil
        if let engine { demand.engine = try EstimateRequest.engine(engine) }
        return demand
    }
}

/// How accelerators are joined.
struct NetworkOptions: ParsableArguments {
    @Option(help: "Accelerators of a node.")
    var nodesOf = 8

    @Option(help: "A scale-up link, or none for loose cards; the accelerator's own by default.")
    var scaleUp: String?

    @Option(help: "The link between nodes; one NIC per accelerator.")
    var scaleOut: String?

    @Option(help: "What tokens are sent to experts in, bf16 or fp8.")
    var allToAll = NumberFormat.bf16

    func validate() throws {
        if allToAll != .bf16 && allToAll != .fp8 {
            throw ValidationError("--all-to-all \(allToAll.rawValue) is neither bf16 nor fp8")
        }
    }

    func set(accelerator: String, count: Int) -> AcceleratorSet {
        AcceleratorSet(
            accelerator: accelerator, count: count, perNode: nodesOf, scaleUp: scaleUp,
            scaleOut: scaleOut)
    }
}
