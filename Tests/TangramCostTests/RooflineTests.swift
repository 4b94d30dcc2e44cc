import TangramHardware
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Kernels")
struct RooflineTests {
    @Test("a multiplication takes its arithmetic or its memory, whichever is longer")
    func roofline() {
        let roofline = Roofline(roundGroup())
        // 1e12 FLOP at 100 TFLOP/s against 1 GB at 1 TB/s.
        #expect(isClose(roofline.matrix(flop: 1e12, bytes: 1e9, format: .bf16), 0.01))
        #expect(isClose(roofline.matrix(flop: 1e12, bytes: 2e10, format: .bf16), 0.02))
        #expect(isClose(roofline.matrix(flop: 1e12, bytes: 1e9, format: .fp8), 0.005))
        #expect(isClose(roofline.stream(bytes: 1e9), 0.001))
        #expect(roofline.matrix(flop: 0, bytes: 0, format: .bf16) == 0)
    }

    @Test("half the speed takes twice the time; a node that is out is slow, not infinitely fast")
    func speed() {
        let full = Roofline(roundGroup())
        let half = Roofline(roundGroup(speed: 0.5))
        let out = Roofline(roundGroup(speed: 0))
        #expect(isClose(half.attention(flop: 1e12, bytes: 0), 0.02))
        #expect(isClose(half.stream(bytes: 1e9), 2 * full.stream(bytes: 1e9)))
        #expect(out.stream(bytes: 1e9) > half.stream(bytes: 1e9))
        #expect(out.stream(bytes: 1e9).isFinite)
    }

    @Test("bf16 runs as fp16 where there is no bf16, fp8 nowhere else")
    func formats() throws {
        let old = try group("910a").accelerator
        #expect(old.computeFormat(for: .bf16, isTraining: true) == .fp16)
        #expect(old.computeFormat(for: .fp8, isTraining: false) == nil)
        #expect(old.computeFormat(for: .int4, isTraining: false) == .fp16)
        #expect(old.computeFormat(for: .int4, isTraining: true) == nil)
    }

    @Test("the power of a base below one agrees with repeated products and square roots")
    func powers() {
        #expect(pow(0.5, 3) == 0.125)
        #expect(isClose(pow(0.25, 0.5), 0.5))
        #expect(isClose(pow(0.81, 1.5), 0.729, 1e-6))
        #expect(pow(0, 0) == 1)
        #expect(pow(-1, 2) == 0)
        #expect(pow(0.999, 1e300) == 0)
    }
}
