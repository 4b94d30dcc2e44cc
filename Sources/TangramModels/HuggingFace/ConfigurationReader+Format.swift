import TangramDocument
import TangramUnits

/// How the published weights are stored.
extension ConfigurationReader {
    /// The format outside and inside routed experts; nil where the configuration does not say.
    func checkpointFormats() -> (base: NumberFormat?, experts: NumberFormat?) {
        let base = storedType("torch_dtype") ?? storedType("dtype")
        var formats = (base: base, experts: base)
        if let quantization = shared("quantization_config") {
            let method = checked(quantization.required("quant_method")?.string())
            switch method {
            case "fp8", "fbgemm_fp8": formats = (.fp8, .fp8)
            // Only experts are in MXFP4 (gpt-oss); the rest keeps the type of the file.
            case "mxfp4": formats = (base ?? .bf16, .fp4)
            case "gptq", "awq":
                let bits = quantization.optional("bits").flatMap { checked($0.integer(in: 1...16)) }
                let format: NumberFormat? = bits == 4 ? .int4 : bits == 8 ? .int8 : nil
                formats = (format, format)
            default: formats = (nil, nil)
            }
        }
        if let experts = cursor.optional("expert_dtype") {
            formats.experts = checked(experts.choice([("fp4", .fp4), ("fp8", .fp8)]))
        }
        return formats
    }

    private func storedType(_ key: String) -> NumberFormat? {
        guard let found = shared(key), let text = checked(found.string()) else { return nil }
        switch text {
        case "bfloat16", "torch.bfloat16": return .bf16
        case "float16", "torch.float16": return .fp16
        case "float32", "torch.float32": return .fp32
        default: return nil
        }
    }
}
