import TangramDocument
import TangramHardware
import TangramPlacement
import TangramUnits

/// Reads what few training jobs say: how sequences are packed, experts are loaded, and what is
/// recomputed, compressed and saved.
extension DemandReader {
    /// The keys of `train:` that are read here.
    static let trainingKeys = [
        "documents", "experts", "recompute", "combine", "gradients", "gather", "checkpoint",
        "scaling",
    ]

    func readFeatures(_ cursor: Cursor, into demand: inout TrainingDemand) {
        if let documents = cursor.optional("documents") {
            demand.documentTokens = documents.tokenCount()
            if let tokens = demand.documentTokens, tokens > demand.sequenceLength {
                documents.fail(
                    "documents of \(tokens) tokens are longer than the sequence of "
                        + "\(demand.sequenceLength)")
            }
        }
        if let experts = cursor.optional("experts") {
            demand.expertLoad = expertLoad(experts) ?? .even
            if !demand.model.isMixtureOfExperts {
                experts.warn("\(demand.model.id) has no experts")
            }
        }
        if let recompute = cursor.optional("recompute") {
            let choices = RecomputeModule.allCases.map { ($0.rawValue, $0) }
            demand.recomputeModules = Set(
                recompute.itemsOrSelf().compactMap { $0.choice(choices) })
        }
        demand.narrowScaling = cursor.optional("scaling")?.choice(
            NarrowScaling.allCases.map { ($0.rawValue, $0) })
        let combine = cursor.optional("combine")?.choice(
            CommunicationCompression.Combine.allCases.map { ($0.rawValue, $0) })
        let gradient = cursor.optional("gradients").flatMap(Self.gradient)
        let gather = cursor.optional("gather")?.choice(Self.choices([.fp8, .int8, .fp4, .int4]))
        demand.compression = CommunicationCompression(
            combine: combine ?? .bf16, gradient: gradient ?? .none, gather: gather)
        if let checkpoint = cursor.optional("checkpoint"),
            checkpoint.allowKeys(["every", "storage"]),
            let every = checkpoint.required("every")?.positive(
                Seconds.self, upTo: Seconds(1e9)),
            let storage = checkpoint.required("storage")?.positive(
                Bandwidth.self, upTo: Bandwidth(1e18))
        {
            demand.checkpoint = CheckpointPlan(interval: every, bandwidth: storage)
        }
    }

    private func expertLoad(_ cursor: Cursor) -> ExpertLoad? {
        guard cursor.allowKeys(["imbalance", "capacity", "padded"]) else { return nil }
        let imbalance = cursor.optional("imbalance")?.number(in: 1...1_000)
        let capacity = cursor.optional("capacity")?.number(in: 0.01...1_000)
        let padded = cursor.optional("padded")?.bool() ?? false
        if padded && cursor.optional("capacity") == nil {
            cursor.optional("padded")?.fail("padding needs \"capacity\"")
        }
        return ExpertLoad(imbalance: imbalance ?? 1, capacity: capacity, isPadded: padded)
    }

    /// `1bit`, `{powersgd: RANK}` or `{topk: SHARE}`.
    private static func gradient(_ cursor: Cursor) -> CommunicationCompression.Gradient? {
        guard case .mapping = cursor.node.content else {
            return cursor.choice([("1bit", CommunicationCompression.Gradient.oneBit)])
        }
        guard cursor.allowKeys(["powersgd", "topk"]) else { return nil }
        if let rank = cursor.optional("powersgd") {
            cursor.optional("topk")?.fail("gradients are compressed in one way")
            return rank.integer(in: 1...1_024).map { .powerSGD(rank: $0) }
        }
        return cursor.required("topk")?.fraction(above: 0).map { .topK(share: $0) }
    }
}
