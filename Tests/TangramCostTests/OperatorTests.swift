import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Operators")
struct OperatorTests {
    /// 100 TFLOP/s, 1 TB/s, 16 bits, no launch cost.
    private func matrix(power: Int32 = 0) -> tangram_matrix_curve {
        var curve = tangram_matrix_curve()
        curve.flop_cost_s = 1e-14
        curve.byte_cost_s = 1e-12
        curve.input_bytes = 2
        curve.weight_bytes = 2
        curve.output_bytes = 2
        curve.power = power
        return curve
    }

    private func seconds(_ curve: tangram_matrix_curve, _ m: Double, _ n: Double, _ k: Double)
        -> Double
    {
        var curve = curve
        return tangram_matrix_s(&curve, m, n, k)
    }

    @Test("a multiplication takes its arithmetic or its memory, joined by the norm of the curve")
    func norms() {
        // 2·1024³ FLOP take 21.47 µs; 3·1024² elements of 2 bytes take 6.291 µs.
        let (a, b) = (2 * 1_073_741_824 * 1e-14, 6 * 1_048_576 * 1e-12)
        #expect(isClose(seconds(matrix(), 1_024, 1_024, 1_024), a, 1e-12))
        #expect(isClose(seconds(matrix(power: 1), 1_024, 1_024, 1_024), a + b, 1e-12))
        let square = (a * a + b * b).squareRoot()
        #expect(isClose(seconds(matrix(power: 2), 1_024, 1_024, 1_024), square, 1e-12))
        let fourth = (a * a * a * a + b * b * b * b).squareRoot().squareRoot()
        #expect(isClose(seconds(matrix(power: 4), 1_024, 1_024, 1_024), fourth, 1e-12))
        var launched = matrix()
        launched.launch_s = 5e-6
        launched.k_ramp = 1_024
        #expect(isClose(seconds(launched, 1_024, 1_024, 1_024), 5e-6 + 2 * a, 1e-12))
    }

    @Test("tiles of 128 × 128 go in whole waves; few tiles are split along a long K")
    func waves() {
        var curve = matrix()
        curve.byte_cost_s = 1e-30
        curve.wave = 1
        curve.multiprocessors = 100
        func padded(_ m: Double, _ n: Double, _ k: Double) -> Double {
            seconds(curve, m, n, k) / (2 * m * n * k * 1e-14)
        }
        // 10 × 10 tiles are one wave of 100; one row of tiles more is a second wave.
        #expect(isClose(padded(1_280, 1_280, 4_096), 1, 1e-12))
        #expect(isClose(padded(1_281, 1_280, 4_096), 200 * 16_384 / (1_281 * 1_280), 1e-12))
        // 25 tiles of K 4096 are split into 4: one wave of 100.
        #expect(isClose(padded(640, 640, 4_096), 1, 1e-12))
        // K of 2048 can be split into 2 only: half of the processors wait.
        #expect(isClose(padded(640, 640, 2_048), 2, 1e-12))
        // A row of a tile pays for the whole tile.
        #expect(isClose(padded(1, 12_800, 4_096), 128, 1e-12))
        curve.wave = 0.25
        #expect(isClose(padded(1, 12_800, 4_096), 0.75 + 0.25 * 128, 1e-12))
    }

    @Test("a multiplication with few tiles takes the loop over K of one of them")
    func depth() {
        var curve = matrix()
        curve.launch_s = 2e-6
        curve.depth_s = 3e-9
        // 128 rows, 128 columns: 2·128²·16384 FLOP are 5.4 µs, 8.4 MB 8.4 µs, the loop 49.2 µs.
        #expect(isClose(seconds(curve, 128, 128, 16_384), 2e-6 + 16_384 * 3e-9, 1e-12))
        // 8192 rows and columns: 22 ms of arithmetic.
        let long = 2 * 8_192.0 * 8_192 * 16_384 * 1e-14
        #expect(isClose(seconds(curve, 8_192, 8_192, 16_384), 2e-6 + long, 1e-12))
    }

    @Test("attention ramps with length and with blocks of queries; experts with rows")
    func ramps() {
        var core = tangram_attention_curve()
        core.launch_s = 1e-6
        core.flop_cost_s = 1e-14
        core.byte_cost_s = 1e-12
        core.length_ramp = 512
        core.tile_ramp = 30
        // 1e10 FLOP: 100 µs × (1 + 512/1024) × (1 + 30/60).
        #expect(isClose(tangram_attention_s(&core, 1e10, 1e6, 1_024, 60), 226e-6, 1e-12))
        var experts = tangram_expert_curve()
        experts.launch_s = 2e-6
        experts.expert_s = 1e-7
        experts.flop_cost_s = 1e-14
        experts.byte_cost_s = 1e-12
        experts.row_ramp = 64
        experts.power = 1
        // 100 µs × (1 + 64·8/512), 8 experts of 0.1 µs, 50 MB of weights, activations beside.
        #expect(
            isClose(
                tangram_expert_s(&experts, 1e10, 50e6, 9e9, 8, 512), 2e-6 + 0.8e-6 + 200e-6 + 50e-6,
                1e-12))
        experts.activation_share = 1
        #expect(
            isClose(
                tangram_expert_s(&experts, 1e10, 50e6, 10e6, 8, 512),
                2e-6 + 0.8e-6 + 200e-6 + 60e-6, 1e-12))
    }

    @Test("a message pays its ramp beyond the knee")
    func messages() {
        var network = tangram_network_table()
        network.local_size = 8
        network.domain_size = 8
        var fit = tangram_link_fit()
        fit.rank_count = 8
        fit.latency_s = 10e-6
        fit.ramp_s = 40e-6
        fit.knee_bytes = 1e6
        fit.byte_cost_s = 1e-11
        tangram_link_add_fit(&network.domain, TANGRAM_ALL_GATHER, fit)
        // Half of the ramp at the knee: 10 + 20 + 7/8 · 1 MB at 100 GB/s.
        #expect(
            isClose(
                tangram_collective_s(&network, TANGRAM_ALL_GATHER, 1e6, 8, 1, 1),
                30e-6 + 8.75e-6, 1e-12))
        // 16 ranks over 2 nodes: the fabric here costs nothing.
        #expect(
            isClose(
                tangram_collective_s(&network, TANGRAM_ALL_GATHER, 1e6, 16, 1, 1),
                30e-6 + 8.75e-6, 1e-12))
    }

    @Test("the kernel's multiplication reproduces measurements that its curve was not fitted to")
    func measured() throws {
        guard let rows = SharedTable.rows("measured/operators/gemm.csv") else { return }
        let times = OperatorTimes(try group("h100-sxm-80gb"))
        var curve = times.matrix(.bf16, weights: .bf16, storedBytes: 2)
        var errors: [Double] = []
        for row in rows
        where row["system"] == "h100_sxm" && row["gemm_dtype"] == "bfloat16" {
            guard let m = row.number("m"), let n = row.number("n"), let k = row.number("k"),
                let micro = row.number("latency_us")
            else { continue }
            errors.append(abs(tangram_matrix_s(&curve, m, n, k) / (micro * 1e-6) - 1))
        }
        #expect(errors.count > 100)
        errors.sort()
        // Of all frameworks' kernels; the curve is that of the fastest.
        #expect(errors[errors.count / 2] < 0.1)
    }
}
