import TangramCost
import TangramDocument
import TangramHardware
import TangramModels
import TangramUnits

/// One row of a micro-benchmark: a matrix multiplication, or an attention core.
struct OperatorCase {
    private enum Shape {
        case matrix(rows: Int, columns: Int, inner: Int)
        case prefill(batch: Int, length: Int, GroupedQueryAttention)
        case decode(batch: Int, context: Int, GroupedQueryAttention)
    }

    /// What it was computed in.
    let format: NumberFormat
    private let hasBlockScales: Bool
    private let cache: NumberFormat
    private let shape: Shape

    private static let largest = 1 << 30
    private static let matrixColumns: Set = ["m", "n", "k"]
    private static let attentionColumns: Set = ["num_heads", "head_dim"]

    /// Whether columns are those of operators.
    static func isTable(_ columns: Set<String>) -> Bool {
        guard columns.contains("latency_us"),
            columns.contains("accelerator") || columns.contains("system")
        else { return false }
        return columns.isSuperset(of: matrixColumns)
            || (columns.isSuperset(of: attentionColumns)
                && (columns.contains("isl") || columns.contains("kv_len")))
    }

    /// "gemm", "attention-prefill" or "attention-decode".
    static func family(_ row: MeasuredRow) -> String {
        if row.text("m") != nil { return "gemm" }
        return row.text("kv_len") != nil && row.text("isl") == nil
            ? "attention-decode" : "attention-prefill"
    }

    /// "gemm 4096 × 4096 × 512".
    static func name(_ row: MeasuredRow) -> String {
        let columns =
            row.text("m") != nil
            ? ["m", "n", "k"]
            : ["batch_size", "isl", "kv_len", "num_heads", "num_key_value_heads", "head_dim"]
        let sizes = columns.map { row.record[$0] }.filter { !$0.isEmpty }
        return "\(family(row)) " + sizes.joined(separator: " × ")
    }

    /// - Throws: `Diagnostic` for a malformed field, ``Inexpressible`` otherwise.
    init(_ row: MeasuredRow) throws {
        let record = row.record
        func size(_ column: String, default fallback: Int? = nil) throws -> Int {
            if let value = try record.integer(column, in: 1...Self.largest) { return value }
            guard let fallback else { throw Inexpressible.missing(column) }
            return fallback
        }
        let named = row.text("precision", "gemm_dtype", "attn_dtype") ?? "bf16"
        guard let format = Self.format(named) else {
            throw Inexpressible.rejected(
                "no arithmetic \"\(named)\"; give one of bf16, fp16, fp8, fp8_block, int8, fp4")
        }
        self.format = format
        hasBlockScales = named.lowercased().contains("block")
        let stored = row.text("kv_precision", "kv_cache_dtype") ?? "bf16"
        guard let cache = Self.format(stored) else {
            throw Inexpressible.rejected("no cache in \"\(stored)\"")
        }
        self.cache = cache
        if Self.family(row) == "gemm" {
            shape = .matrix(
                rows: try size("m"), columns: try size("n"), inner: try size("k"))
            return
        }
        let heads = try size("num_heads")
        // Some tables write 0 where every head has keys and values of its own.
        let groups = try record.integer("num_key_value_heads", in: 0...Self.largest) ?? heads
        let attention = GroupedQueryAttention(
            headCount: heads, keyValueHeadCount: groups == 0 ? heads : groups,
            headDimension: try size("head_dim"))
        let batch = try size("batch_size", default: 1)
        shape =
            Self.family(row) == "attention-decode"
            ? .decode(batch: batch, context: try size("kv_len"), attention)
            : .prefill(batch: batch, length: try size("isl"), attention)
    }

    private static func format(_ name: String) -> NumberFormat? {
        switch name.lowercased() {
        case "bfloat16", "bf16": .bf16
        case "float16", "half", "fp16": .fp16
        case "fp8", "fp8_block", "fp8_ootb", "fp8_static", "float8": .fp8
        case "int8", "int8_wo", "sq": .int8
        case "fp4", "nvfp4", "mxfp4": .fp4
        default: nil
        }
    }

    /// How long it takes.
    func time(on accelerator: Accelerator) throws(Inexpressible) -> Seconds {
        let timing = OperatorTiming(accelerator)
        switch shape {
        case .matrix(let rows, let columns, let inner):
            let time = timing.matrix(
                rows: rows, columns: columns, inner: inner, format: format,
                hasBlockScales: hasBlockScales)
            guard let time else {
                throw .rejected("\(accelerator.id) has no \(format.rawValue) arithmetic")
            }
            return time
        case .prefill(let batch, let length, let attention):
            return timing.prefill(
                batch: batch, length: length, attention: attention, cache: cache)
        case .decode(let batch, let context, let attention):
            return timing.decode(
                batch: batch, context: context, attention: attention, cache: cache)
        }
    }
}
