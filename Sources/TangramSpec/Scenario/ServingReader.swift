import TangramDocument
import TangramHardware
import TangramModels
import TangramPlacement
import TangramUnits

/// Reads what `serve:` says beyond model, demand and formats.
struct ServingReader {
    /// The keys it reads.
    static let keys = [
        "engine", "images", "prefix-hits", "drafts", "experts", "host-cache", "across-pools",
    ]

    /// Sets what `cursor` says on `demand`.
    func read(_ cursor: Cursor, into demand: inout ServingDemand) {
        if let engine = cursor.optional("engine").flatMap(self.engine) { demand.engine = engine }
        if let images = cursor.optional("images") {
            demand.images = self.images(images, of: demand)
        }
        demand.prefixHitRate =
            cursor.optional("prefix-hits")?.number(in: 0...Self.largestShare) ?? 0
        demand.speculation = cursor.optional("drafts").flatMap(speculation)
        if let experts = cursor.optional("experts"), experts.allowKeys(["redundant", "imbalance"]) {
            demand.redundantExperts =
                experts.optional("redundant")?.integer(in: 0...100_000) ?? 0
            demand.expertImbalance = experts.optional("imbalance")?.number(in: 1...100)
            if !demand.model.isMixtureOfExperts {
                experts.warn("\(demand.model.id) has no experts, so that this changes nothing")
            }
        }
        demand.hostCache = cursor.optional("host-cache")?.bytes()
        demand.spansPools = cursor.optional("across-pools")?.bool() ?? false
    }

    private static let largestShare = 0.999

    private func engine(_ cursor: Cursor) -> ServingEngine? {
        let names: [String]
        do {
            names = try ServingEngine.shippedNames()
        } catch {
            cursor.fail("the table of engines was damaged when this was built: \(error)")
            return nil
        }
        return cursor.choice(names.map { ($0, ServingEngine.named($0)) })
    }

    private func images(_ cursor: Cursor, of demand: ServingDemand) -> ImageInput? {
        guard demand.model.visionEncoder != nil else {
            cursor.fail(
                "\(demand.model.id) has no encoder of images",
                note: "a config.json with a vision_config has one")
            return nil
        }
        guard cursor.allowKeys(["tokens", "count"]),
            let tokens = cursor.required("tokens")?.tokenCount()
        else { return nil }
        guard tokens <= demand.promptTokens else {
            cursor.optional("tokens")?.fail(
                "\(tokens) tokens of images are more than the prompt's \(demand.promptTokens)",
                note: "a prompt counts the tokens of its images")
            return nil
        }
        return ImageInput(
            tokens: tokens, count: cursor.optional("count")?.integer(in: 1...100_000) ?? 1)
    }

    private func speculation(_ cursor: Cursor) -> Speculation? {
        guard cursor.allowKeys(["count", "acceptance"]),
            let count = cursor.required("count")?.integer(in: 1...16),
            let acceptance = cursor.required("acceptance")?.number(in: 0...1)
        else { return nil }
        return Speculation(draftCount: count, acceptance: acceptance)
    }

    // MARK: Lengths

    /// A number of tokens, or how they are distributed: `{mean: 4k, spread: 0.5}`,
    /// `{mean: 4k, variation: 1.2}`, `{lengths: [512, 900, 8000]}` or `{counts: {512: 30, 8000: 1}}`.
    func lengths(_ cursor: Cursor) -> (mean: Int, lengths: LengthDistribution)? {
        guard case .mapping = cursor.node.content else {
            return cursor.tokenCount().map { ($0, .constant) }
        }
        guard cursor.allowKeys(["mean", "spread", "variation", "lengths", "counts"]) else {
            return nil
        }
        let given = ["spread", "variation", "lengths", "counts"].filter {
            cursor.optional($0) != nil
        }
        guard given.count <= 1 else {
            cursor.fail(
                "\(given.joined(separator: " and ")) say the same in two ways", note: "give one")
            return nil
        }
        if let counted = cursor.optional("lengths") ?? cursor.optional("counts") {
            if let mean = cursor.optional("mean") {
                mean.fail("the mean follows from what was counted", note: "leave it out")
                return nil
            }
            return self.counted(counted)
        }
        guard let mean = cursor.required("mean")?.tokenCount() else { return nil }
        if let spread = cursor.optional("spread") {
            return spread.number(in: 0...Self.largestShare).map { (mean, .uniform(spread: $0)) }
        }
        if let variation = cursor.optional("variation") {
            return variation.number(in: 0.001...10).map { (mean, .logNormal(variation: $0)) }
        }
        return (mean, .constant)
    }

    private func counted(_ cursor: Cursor) -> (mean: Int, lengths: LengthDistribution)? {
        var counts: [(tokens: Int, weight: Double)] = []
        if case .mapping = cursor.node.content {
            for (key, value) in cursor.entries() ?? [] {
                guard let tokens = Int(key), (1...1 << 30).contains(tokens) else {
                    value.fail(
                        "\"\(key)\" is no number of tokens", note: "write for example {512: 30}")
                    continue
                }
                if let weight = value.number(in: 0...1e12) { counts.append((tokens, weight)) }
            }
        } else {
            counts = (cursor.items() ?? []).compactMap { $0.tokenCount() }.map { ($0, 1) }
        }
        guard let found = LengthDistribution.measured(counts) else {
            cursor.fail(
                "nothing was counted", note: "give at least one length with a weight above 0")
            return nil
        }
        return found
    }
}
