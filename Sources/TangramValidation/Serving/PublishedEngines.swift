import TangramCost
import TangramHardware
import TangramModels
import TangramUnits

extension ServingEngine {
    /// Families by the first letters of what tables call them; the first that fits. Versions from
    /// `since` on are of the second generation.
    private static let names: [(word: String, family: String, since: [Int])] = [
        ("dynamo-trt", "trtllm", [1, 2]), ("tensorrt", "trtllm", [1, 2]),
        ("trt", "trtllm", [1, 2]),
        ("dynamo-sglang", "sglang", [0, 5, 9]), ("mori-sglang", "sglang", [0, 5, 9]),
        ("sglang", "sglang", [0, 5, 9]), ("vllm (omni", "cann", []), ("vllm", "vllm", [0, 15]),
        ("atom", "atom", []), ("cann", "cann", []), ("cloudmatrix", "cann", []),
        ("deepseek", "deepseek", []),
    ]

    /// The engine that a row's words and year name, else the newest of its card's vendor.
    ///
    /// TensorRT-LLM up to 0.17 ran compiled engines; the others have a generation of 2025 and one of
    /// 2026, by version, else by year.
    ///
    /// - Throws: Where the shipped table is damaged.
    static func published(
        _ version: String, year: Int?, on card: Accelerator
    ) throws -> ServingEngine {
        let words = version.lowercased()
        let isHuawei = card.vendor == "Huawei"
        var family = names.first { words.hasPrefix($0.word) }?.family ?? "vllm"
        if isHuawei { family = "cann" }
        var id = family + "-2026"
        if words.hasPrefix("tensorrt-llm 0.") {
            id = "trtllm-0.17"
        } else if let since = names.first(where: { words.hasPrefix($0.word) })?.since,
            !since.isEmpty
        {
            // Dynamo's version is its own; its year says which engine it carries.
            let numbers = words.hasPrefix("dynamo-trt") ? [] : numbers(of: words)
            let isOld =
                numbers.isEmpty
                ? (year ?? 2_026) < 2_026 : numbers.lexicographicallyPrecedes(since)
            id = family + (isOld ? "-2025" : "-2026")
        }
        return try shipped(id, on: card) ?? .ideal
    }

    /// "1.2.0rc6" in words is 1, 2, 0.
    private static func numbers(of words: String) -> [Int] {
        for word in words.split(whereSeparator: { " :-/v".contains($0) }) {
            let parts = word.split(separator: ".")
            guard parts.count >= 2, let first = Int(parts[0]) else { continue }
            return [first]
                + parts.dropFirst().prefix(2).compactMap { Int($0.prefix { $0.isNumber }) }
        }
        return []
    }

    /// The cache of weights in `weights` where a row does not say.
    func usualCache(_ weights: NumberFormat, on card: Accelerator) -> NumberFormat {
        guard weights.bits <= 8, card.peaks[.fp8] != nil else { return .bf16 }
        return .fp8
    }
}

extension ServedFormats {
    /// The model as it was stored for the run.
    func applied(to model: TransformerModel) -> TransformerModel {
        var model = model
        model.checkpointFormat = dense
        model.expertCheckpointFormat = experts
        return model
    }
}
