import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

/// The kernel's operators against the measurements of aiconfigurator-core 0.12.0 (NVIDIA) that lie
/// beside the repository: that the kernel computes the forms that scripts/fit-curves.py fitted.
@Suite("Operators against measurements")
struct MeasuredOperatorTests {
    private func times() throws -> OperatorTimes { OperatorTimes(try group("h100-sxm-80gb")) }

    /// Median of |predicted ÷ measured − 1| over the least time of each shape.
    private func median(
        _ file: String, _ keys: [String], where isWanted: (SharedTable.Row) -> Bool,
        _ seconds: ([Double]) -> Double
    ) -> Double? {
        guard let rows = SharedTable.rows("measured/operators/\(file)") else { return nil }
        var least: [[Double]: Double] = [:]
        for row in rows where row["system"] == "h100_sxm" && isWanted(row) {
            let shape = keys.compactMap { row.number($0) }
            guard shape.count == keys.count, let micro = row.number("latency_us") else { continue }
            least[shape] = min(micro * 1e-6, least[shape] ?? .infinity)
        }
        let errors = least.map { abs(seconds($0) / $1 - 1) }.sorted()
        return errors.isEmpty ? nil : errors[errors.count / 2]
    }

    @Test("attention over new tokens")
    func prefill() throws {
        let keys = ["batch_size", "isl", "num_heads", "num_key_value_heads", "head_dim"]
        let times = try times()
        var curve = tangram_attention_curve()
        let grouped = Attention.grouped(
            GroupedQueryAttention(headCount: 8, keyValueHeadCount: 8, headDimension: 128))
        curve = times.prefill(grouped, cache: .bf16)
        let error = median("attn_prefill.csv", keys) {
            $0["attn_dtype"] == "bfloat16" && $0["kv_cache_dtype"] == "bfloat16"
        } _: { shape in
            let (b, s, h, g, d) = (shape[0], shape[1], shape[2], shape[3], shape[4])
            // 2·B·S²·h·d FLOP of the causal half; queries, outputs, keys and values of 2 bytes.
            return tangram_attention_s(
                &curve, 2 * b * s * s * h * d, b * s * d * (4 * h + 4 * g), s, b * h * s / 128)
        }
        if let error { #expect(error < 0.08, "\(error)") }
    }

    @Test("attention of one new token over its cache")
    func decode() throws {
        let keys = ["batch_size", "kv_len", "num_heads", "num_key_value_heads", "head_dim"]
        let times = try times()
        let error = median("attn_decode.csv", keys) {
            $0["kv_cache_dtype"] == "bfloat16"
        } _: {
            let (b, s, h, g, d) = ($0[0], $0[1], $0[2], $0[3], $0[4])
            let attention = Attention.grouped(
                GroupedQueryAttention(
                    headCount: Int(h), keyValueHeadCount: Int(g), headDimension: Int(d)))
            var curve = times.decode(attention, cache: .bf16, context: Int(s)).curve
            // In decode it is the reads that few blocks of 64 tokens slow down.
            let ramp = 1 + curve.tile_ramp / (b * g * s / 64)
            curve.tile_ramp = 0
            return tangram_attention_s(
                &curve, 4 * b * s * h * d, (4 * b * s * g * d + 4 * b * h * d) * ramp, s, 1)
        }
        if let error { #expect(error < 0.08, "\(error)") }
    }

    @Test("experts of DeepSeek-V3 divided over ranks, in FP8 with block scales")
    func experts() throws {
        let keys = ["num_tokens", "topk", "num_experts", "moe_tp_size", "moe_ep_size"]
        let times = try times()
        var curve = times.experts(.fp8, weights: .fp8, storedBytes: 1)
        let error = median("moe.csv", keys) {
            $0["moe_dtype"] == "fp8_block" && $0["distribution"] == "balanced"
                && $0["hidden_size"] == "7168" && $0["inter_size"] == "2048"
                && $0["moe_ep_size"] != "1"
        } _: {
            let (tokens, top, experts, tp, ep) = ($0[0], $0[1], $0[2], $0[3], $0[4])
            let (hidden, inner) = (7_168.0, 2_048 / tp)
            let rows = max(1, tokens * top / ep)
            let touched = min(experts / ep, rows)
            let multiplied = tangram_expert_s(
                &curve, 6 * rows * hidden * inner, touched * 3 * hidden * inner, 0, touched, rows)
            return multiplied + rows * (4 * hidden + 6 * inner) * curve.near_byte_cost_s
                + tokens * (top + 1) * hidden * 2 * curve.far_byte_cost_s
        }
        // Of all kernels' shapes, those of slow ones included.
        if let error { #expect(error < 0.12, "\(error)") }
    }

    @Test("NCCL's collectives of 2, 4 and 8 ranks")
    func collectives() throws {
        let network = NetworkTable(try group("h100-sxm-80gb"))
        let names: [(String, tangram_collective)] = [
            ("all_reduce", TANGRAM_ALL_REDUCE), ("all_gather", TANGRAM_ALL_GATHER),
            ("reduce_scatter", TANGRAM_REDUCE_SCATTER), ("alltoall", TANGRAM_ALL_TO_ALL),
        ]
        for (name, collective) in names {
            let error = median("nccl.csv", ["num_gpus", "bytes"]) {
                $0["op_name"].map(String.init) == name && $0["nccl_dtype"] == "half"
            } _: {
                tangram_collective_s(network.pointer, collective, $0[1], $0[0], 1, 1)
            }
            if let error { #expect(error < 0.08, "\(name): \(error)") }
        }
    }
}
