/// Names that published tables give to accelerators and models, by their letters and digits alone.
enum PublishedNames {
    /// The accelerator of the catalogue that a published name means, where the catalogue's own names
    /// do not say. The tables' notes say which card a bare name was.
    static let accelerators = [
        "a100": "a100-sxm-80gb", "a100sxm": "a100-sxm-80gb", "a10080gb": "a100-sxm-80gb",
        "a10040gb": "a100-sxm-40gb",
        "a100sxm80g": "a100-sxm-80gb", "a100pcie80g": "a100-pcie-80gb",
        "h100": "h100-sxm-80gb", "h10080gb": "h100-sxm-80gb", "h10096gbhbm2e500w": "h100-sxm-80gb",
        "h200": "h200-sxm-141gb", "h800": "h800-sxm-80gb", "h800sxm": "h800-sxm-80gb",
        "b200": "b200-sxm-180gb", "b200sxm": "b200-sxm-180gb", "b300": "b300-sxm-288gb",
        "gb200": "gb200-nvl72", "gb300": "gb300-nvl72", "gh200": "gh200-96gb",
        "gh20096g": "gh200-96gb",
        // Atlas 900 A2 PoD; which bin of the 910B is not stated, the fastest is not sold alone.
        "h200sxm141gb": "h200-sxm-141gb", "h100sxm80gb": "h100-sxm-80gb",
        "h800sxm80gb": "h800-sxm-80gb", "a100sxm480gb": "a100-sxm-80gb",
        "b200180gb": "b200-sxm-180gb", "b300288gb": "b300-sxm-288gb",
        "gh200480gb": "gh200-96gb", "l40s48gb": "l40s", "h2096gb": "h20-96gb",
        "rtxpro6000blackwellserver": "rtx-pro-6000-blackwell",
        "rtxpro6000server": "rtx-pro-6000-blackwell",
        "ascend910c": "ascend-910c", "ascend910b": "ascend-910b3",
        "ascend950dt": "ascend-950dt", "ascend310p": "ascend-310p",
        "ascenda2": "ascend-910b2", "ascenda3": "ascend-910c-die", "ascendnpu": "ascend-910b2",
    ]

    /// The model of the catalogue that a published name means.
    static let models = [
        "llama38b": "llama-3.1-8b", "llama318b": "llama-3.1-8b", "llama370b": "llama-3.1-70b",
        "llama3170b": "llama-3.1-70b", "llama3405b": "llama-3.1-405b",
        "llama31405b": "llama-3.1-405b", "deepseekv3671b": "deepseek-v3",
        "deepseekv4flash": "deepseek-v4-flash", "gptoss120b": "gpt-oss-120b",
        "gpt3175b": "gpt3-175b", "gpt175b": "gpt3-175b", "kimik2": "kimi-k2",
        "gpt22b": "megatron-22b", "gpt530b": "turing-530b", "gpt1t": "megatron-1t",
        "llama318binstruct": "llama-3.1-8b", "llama3370b": "llama-3.1-70b",
        "deepseekr1": "deepseek-v3", "deepseekr10528": "deepseek-v3",
        "deepseekv3r1": "deepseek-v3", "deepseekv31": "deepseek-v3",
        "deepseekv32exp": "deepseek-v3.2", "kimik25": "kimi-k2", "minimaxm25": "minimax-m2",
        "llama4maverick17b128e": "llama-4-maverick", "qwen3coder480b": "qwen3-coder-480b-a35b",
        "panguultra135b": "pangu-ultra-135b", "panguultramoe718b": "pangu-ultra-moe-718b",
    ]

    /// Shapes of models that tables name and the catalogue lacks: layers, hidden size, heads and
    /// vocabulary. OPT: arXiv 2205.01068, Table 1; its feed-forward width is four times the hidden
    /// size.
    static let shapes = ["opt350m": (layers: 24, hidden: 1_024, heads: 16, vocabulary: 50_272)]

    /// Dense models that tables of serving results name and the catalogue lacks. Llama 2: arXiv
    /// 2307.09288, meta-llama/Llama-2-70b-hf; Mistral: arXiv 2310.06825, version 0.3 without a window.
    static let servedShapes = [
        "llama270b": (
            layers: 80, hidden: 8_192, heads: 64, keyValueHeads: 8, width: 28_672,
            vocabulary: 32_000
        ),
        "mistral7b": (
            layers: 32, hidden: 4_096, heads: 32, keyValueHeads: 8, width: 14_336,
            vocabulary: 32_768
        ),
    ]

    /// The keys of a name without its publisher, and without the words that tuning and formats add to
    /// it, fewest words first.
    static func servedKeys(_ name: String) -> [String] {
        var name = name
        // "openai/gpt-oss-120b", but "DeepSeek-V3/R1" names two models.
        if let slash = name.firstIndex(of: "/") {
            name = String(name[name.index(after: slash)...])
        }
        var key = Self.key(name)
        var keys = [key]
        if key.hasPrefix("metallama") { key.removeFirst(4) }
        var isShorter = true
        while isShorter {
            isShorter = false
            for word in ["fp8", "nvfp4", "fp4", "instruct", "hf", "chat"]
            where key.hasSuffix(word) && key.count > word.count {
                key.removeLast(word.count)
                isShorter = true
            }
            keys.append(key)
        }
        return keys
    }

    /// Families whose feed-forward block has two matrices and GELU or ReLU; all others are gated.
    static let plainFeedForward = ["gpt", "opt", "mpt", "bloom", "megatron", "turing"]

    /// The software stack that a source ran, by words of its name; the first that fits.
    static let stacks = [
        ("vTrain", "megatron-lm-2021"), ("Narayanan", "megatron-lm-2021"),
        ("Korthikanti", "megatron-lm-2021"), ("NVIDIA/Megatron-LM README", "megatron-lm-2021"),
        ("llm-foundry", "llm-foundry-2023"), ("torchtitan", "torchtitan-2024"),
        ("SimuMax", "megatron-core-2025"), ("MindSpeed", "mindspeed-2024"),
        ("sailor", "sailor-2025"), ("DeepSeek-V3", "deepseek-2024"),
    ]

    /// Who published serving results, by words of the source; the first that fits.
    private static let publishers = [
        ("silicon_sample", "silicon-sample"), ("InferenceX", "InferenceX"),
        ("TensorRT-LLM docs", "TensorRT-LLM"), ("cann-recipes", "CANN-recipes"),
        ("CloudMatrix", "CloudMatrix"), ("sglang docs", "SGLang-docs"), ("lm-sys", "LMSYS"),
        ("deepseek-ai", "DeepSeek"),
    ]

    /// Who published serving results; the first word of an unknown source.
    static func publisher(of source: String) -> String {
        publishers.first { source.contains($0.0) }?.1
            ?? source.split(separator: " ").first.map(String.init) ?? "unknown"
    }

    /// Lower case, letters and digits only, without what stands in parentheses.
    static func key(_ name: String) -> String {
        var key = ""
        var depth = 0
        for character in name.lowercased() {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if depth <= 0, character.isASCII, character.isLetter || character.isNumber {
                key.append(character)
            }
        }
        return key
    }
}
