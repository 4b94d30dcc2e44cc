/// Names that published tables give to accelerators and models, by their letters and digits alone.
enum PublishedNames {
    /// The accelerator of the catalogue that a published name means, where the catalogue's own names
    /// do not say. The tables' notes say which card a bare name was.
    static let accelerators = [
        "a100": "a100-sxm-80gb", "a10080gb": "a100-sxm-80gb", "a10040gb": "a100-sxm-40gb",
        "a100sxm80g": "a100-sxm-80gb", "a100pcie80g": "a100-pcie-80gb",
        "h100": "h100-sxm-80gb", "h10080gb": "h100-sxm-80gb", "h10096gbhbm2e500w": "h100-sxm-80gb",
        "h200": "h200-sxm-141gb", "h800": "h800-sxm-80gb", "h800sxm": "h800-sxm-80gb",
        "b200": "b200-sxm-180gb", "b200sxm": "b200-sxm-180gb", "b300": "b300-sxm-288gb",
        "gb200": "gb200-nvl72", "gb300": "gb300-nvl72", "gh200": "gh200-96gb",
        "gh20096g": "gh200-96gb",
        // Atlas 900 A2 PoD; which bin of the 910B is not stated, the fastest is not sold alone.
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
        "panguultra135b": "pangu-ultra-135b", "panguultramoe718b": "pangu-ultra-moe-718b",
    ]

    /// Shapes of models that tables name and the catalogue lacks: layers, hidden size, heads and
    /// vocabulary. OPT: arXiv 2205.01068, Table 1; its feed-forward width is four times the hidden
    /// size.
    static let shapes = ["opt350m": (layers: 24, hidden: 1_024, heads: 16, vocabulary: 50_272)]

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
