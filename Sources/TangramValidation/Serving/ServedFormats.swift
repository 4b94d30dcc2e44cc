import TangramHardware
import TangramModels
import TangramUnits

/// What a row's words about precision mean.
struct ServedFormats {
    /// Weights of routed experts, or of all layers of a dense model.
    var experts: NumberFormat
    /// Weights outside of routed experts.
    var dense: NumberFormat
    /// The KV cache; nil where the words do not say.
    var cache: NumberFormat?
    /// What four-bit weights are multiplied in, where the words say.
    var activations: NumberFormat?
    /// What tokens are sent to experts in.
    var dispatch: NumberFormat

    /// Reads words such as "fp8 weights; kv bf16", "gemm nvfp4; moe nvfp4", "W8A8C16 int8", "MoE W4A8
    /// + attention W8A8C8" or "Hybrid MXFP8-MXFP4".
    init(_ text: String, model: TransformerModel) {
        let text = text.lowercased()
        let own = model.checkpointFormat ?? .bf16
        let ownExperts = model.expertCheckpointFormat ?? own
        var (experts, dense): (NumberFormat?, NumberFormat?)
        var cache: NumberFormat?
        let parts = text.split { ";+,".contains($0) }.map { Self.trimmed($0) }
        for part in parts {
            let words = part.split { " -/()".contains($0) }.map(String.init)
            if words.first == "kv" || words.contains("kv") {
                let named = words.lazy.compactMap(Self.format).first
                cache = cache ?? (part.contains("not stated") ? nil : named)
                if words.first == "kv" || words.last == "kv" && words.count == 2 { continue }
            }
            let formats = words.compactMap(Self.format)
            let found = formats.first ?? Self.weights(in: words)
            if let code = words.lazy.compactMap(Self.cacheCode).first { cache = code }
            guard let found else { continue }
            if words.contains("moe") {
                experts = found
            } else if words.contains("gemm") {
                dense = found
            } else if words.contains("attention") || words.contains("mla") {
                if found.bits < 16 || dense == nil { dense = dense ?? found }
            } else if let second = formats.dropFirst().last {
                // Hybrids name the format of most matrices first and that of experts last.
                (dense, experts) = (found, second)
            } else {
                experts = experts ?? found
                dense = dense ?? (words.contains { $0.hasPrefix("w4a8") } ? .int8 : found)
            }
        }
        let wide = text.contains("bf16 attention") || text.contains("bf16 mla")
        if wide {
            cache = cache ?? .bf16
            // Only the attention cores are in 16 bits; the matrices are in the other format named.
            if let experts, dense == .bf16 || dense == nil { dense = experts }
            if let narrow = dense, narrow.bits < 16 { experts = experts ?? narrow }
        }
        if dense == .int4 { dense = .int8 }
        self.experts = experts ?? dense ?? ownExperts
        self.dense = dense ?? experts ?? own
        // Checkpoints of four bits keep attention as it was trained: NVIDIA's and DeepSeek's for
        // latent attention, and models that are published with narrow experts and wide attention.
        if self.experts.bits <= 4, self.dense.bits <= 4, model.isMixtureOfExperts {
            let isLatent = model.layerGroups.contains {
                if case .latent = $0.attention { true } else { false }
            }
            if isLatent || ownExperts.bits <= 4 { self.dense = .bf16 }
        }
        if text.contains("model default") {
            self.dense = own
            self.experts = ownExperts
        }
        // gpt-oss is published in MXFP4 alone: 8 bits are those of activations, where the card has no
        // 4-bit arithmetic.
        if model.expertScaleBlock != nil, ownExperts == .fp4, self.experts.bits == 8 {
            (self.experts, self.dense) = (.fp4, own)
            // Where they have none, NVIDIA's runs leave the cache as the model was trained.
            cache = .bf16
        }
        self.cache = cache
        activations = text.contains("w4a8") ? .int8 : text.contains("w4a16") ? .bf16 : nil
        dispatch = text.contains("dispatch") ? .fp8 : .bf16
    }

    private static func format(_ word: String) -> NumberFormat? {
        switch word {
        case "fp4", "nvfp4", "mxfp4": .fp4
        case "fp8", "fp8_block", "mxfp8", "hif8", "fp8_static": .fp8
        case "int8": .int8
        case "int4", "int4_wo", "w4a16": .int4
        case "w4a16_mxfp4": .fp4
        case "bf16", "bfloat16": .bf16
        case "fp16", "float16": .fp16
        default: nil
        }
    }

    /// "w8a8c16": bits of weights, of activations and of the cache.
    private static func weights(in words: [String]) -> NumberFormat? {
        for word in words {
            if word.hasPrefix("w8a8") { return .int8 }
            if word.hasPrefix("w4a8") { return .int4 }
        }
        return nil
    }

    private static func cacheCode(_ word: String) -> NumberFormat? {
        guard word.hasPrefix("w"), let index = word.firstIndex(of: "c") else { return nil }
        switch word[word.index(after: index)...] {
        case "8": return .int8
        case "16": return .bf16
        default: return nil
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
