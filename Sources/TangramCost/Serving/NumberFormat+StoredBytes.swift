package import TangramModels
public import TangramUnits

extension NumberFormat {
    /// Bytes of one stored weight with its scales: NVFP4 adds an 8-bit scale per 16 elements
    /// (NVIDIA, NVFP4 format), 8-bit formats a 32-bit scale per 128 × 128 block (DeepSeek-V3,
    /// arXiv 2412.19437, §3.3.2), int4 a 16-bit scale per 128.
    public var storedBytes: Double {
        switch self {
        case .fp4: 0.5 + 1.0 / 16
        case .int4: 0.5 + 2.0 / 128
        case .fp8, .int8: 1 + 4.0 / (128 * 128)
        default: bytesPerElement
        }
    }

    /// The same of weights of routed experts as `model` publishes them.
    package func storedExpertBytes(of model: TransformerModel) -> Double {
        guard self == .fp4, let block = model.expertScaleBlock else { return storedBytes }
        return 0.5 + 1 / Double(max(1, block))
    }
}
