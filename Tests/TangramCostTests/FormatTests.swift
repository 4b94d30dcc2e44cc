import CCostKernel
import TangramHardware
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Kernels")
struct RooflineTests {
    @Test("bf16 runs as fp16 where there is no bf16, fp8 nowhere else")
    func formats() throws {
        let old = try group("910a").accelerator
        #expect(old.computeFormat(for: .bf16, isTraining: true) == .fp16)
        #expect(old.computeFormat(for: .fp8, isTraining: false) == nil)
        #expect(old.computeFormat(for: .int4, isTraining: false) == .fp16)
        #expect(old.computeFormat(for: .int4, isTraining: true) == nil)
    }

    @Test("the share of experts touched is 1 − (1 − k/E)^tokens")
    func touched() {
        // By hand: 1 − (31/32)², 1 − (31/32)^64, all of them, none of them.
        #expect(isClose(tangram_touched_share(8, 256, 1), 1 / 32.0, 1e-12))
        #expect(isClose(tangram_touched_share(8, 256, 2), 63 / 1_024.0, 1e-12))
        #expect(isClose(tangram_touched_share(1, 2, 8), 255 / 256.0, 1e-12))
        #expect(isClose(tangram_touched_share(8, 256, 64), 0.868_915_967_5, 1e-9))
        #expect(isClose(tangram_touched_share(8, 8, 1), 1, 1e-15))
        #expect(isClose(tangram_touched_share(8, 256, 1e9), 1, 1e-15))
        #expect(tangram_touched_share(8, 256, 0) == 0)
        var share = 0.0
        for tokens in 0..<2_000 {
            let next = tangram_touched_share(4, 384, Double(tokens))
            #expect(next >= share * (1 - 1e-15))
            share = next
        }
    }
}
