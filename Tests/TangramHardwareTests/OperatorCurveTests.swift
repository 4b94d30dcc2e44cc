import Foundation
import TangramHardware
import TangramUnits
import Testing

@Suite("Operator curves")
struct OperatorCurveTests {
    private func table(_ name: String) throws -> OperatorCurveTable? {
        try #require(try HardwareCatalogue.builtIn().accelerator(name)).efficiency.curves
    }

    @Test("a measured card has its own curves, a relative those of its architecture")
    func inheritance() throws {
        #expect(try table("h200-sxm-141gb")?.acceleratorID == "h200-sxm-141gb")
        #expect(try table("h800-sxm-80gb")?.acceleratorID == "h100-sxm-80gb")
        #expect(try table("gh200-96gb")?.acceleratorID == "h100-sxm-80gb")
        #expect(try table("l20")?.acceleratorID == "l40s")
        #expect(try table("ascend-910b3") == nil)
    }

    @Test("no measured card is left without the curves that serving needs")
    func coverage() throws {
        for name in ["h100-sxm-80gb", "b200-sxm-180gb", "gb300-nvl72", "l40s", "a100-sxm-80gb"] {
            let table = try #require(try table(name))
            #expect(table.curve(.matrix, "bf16") != nil)
            #expect(table.curve(.attentionPrefill, "bf16, kv bf16") != nil)
            #expect(table.curve(.attentionDecode, "kv bf16") != nil)
            #expect(table.curve(.allReduce, "2 ranks") != nil)
        }
    }

    /// `latency_us` of gemm.csv against the formula of docs/cost-model.md, written again here; both
    /// halves of the points, because the split is the fitting script's affair.
    @Test("measured multiplications are predicted as well as docs/accuracy.md says")
    func measuredMatrices() throws {
        let repository = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = repository.deletingLastPathComponent()
            .appendingPathComponent("shared/measured/operators/gemm.csv")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            print("skipped: no \(file.path)")
            return
        }
        let h100 = try #require(try HardwareCatalogue.builtIn().accelerator("h100-sxm-80gb"))
        let curve = try #require(h100.efficiency.curves?.curve(.matrix, "bf16"))
        let peak = try #require(h100.peaks[.bf16]).value
        let bandwidth = h100.memoryBandwidth.value
        var least: [[Double]: Double] = [:]
        for line in text.split(separator: "\n").dropFirst()
        where line.hasPrefix("h100_sxm,") && line.contains(",bfloat16,") {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            if curve.kernel != "least of all" && fields[1] != curve.kernel { continue }
            let shape = fields[4...6].compactMap { Double($0) }
            let seconds = try #require(Double(fields[7])) * 1e-6
            least[shape] = min(seconds, least[shape] ?? .infinity)
        }
        let errors = least.map { shape, seconds in
            let (m, n, k) = (shape[0], shape[1], shape[2])
            // 132 multiprocessors work on tiles of 128 × 128, at least 1,024 deep.
            let tiles = (m / 128).rounded(.up) * (n / 128).rounded(.up)
            let split = max(1, min((132 / tiles).rounded(.down), (k / 1024).rounded(.down)))
            let padding =
                (tiles * split / 132).rounded(.up) * 132 * 128 * 128 / (split * m * n)
            let flop =
                2 * m * n * k / (curve[.compute] * peak) * (1 + curve[.innerRamp] / k)
                * (1 - curve[.wave] + curve[.wave] * padding)
            let data = 2 * (m * k + n * k + m * n)
            let held = 50e6 * curve[.cacheShare]
            let resident = min(1, max(0, (held - data) / (0.5 * held)))
            let move = data / (curve[.memory] * bandwidth * (1 + curve[.cache] * resident))
            let power = curve[.power]
            let work = pow(pow(flop, power) + pow(move, power), 1 / power)
            let time = curve[.launch] * 1e-6 + max(work, curve[.depth] * 1e-9 * k)
            return abs(time / seconds - 1)
        }.sorted()
        try #require(errors.count > 500)
        #expect(errors[errors.count / 2] < 0.06)
        #expect(errors[errors.count * 9 / 10] < 0.15)
    }

    @Test("every curve states its error, and the numbers of its form are in range")
    func figures() throws {
        for table in try OperatorCurveTable.shipped() {
            for curve in table.curves {
                #expect(curve.fittedCount > 0 && curve.heldOutCount > 0)
                #expect(curve.medianError <= curve.ninetiethError)
                #expect([1, 2, 4].contains(curve[.power]))
            }
        }
    }
}
