import Foundation
import TangramDocument
import TangramHardware
import TangramModels
import TangramValidation
import Testing

/// Holds what docs/accuracy.md says: medians of every source, a little above today's. Bounds are
/// only ever lowered.
@Suite("Accuracy does not get worse")
struct AccuracyGateTests {
    private func medians(_ file: String) throws -> [String: Double]? {
        let repository = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = repository.deletingLastPathComponent()
            .appendingPathComponent("shared/measured/\(file)")
        guard let data = try? Data(contentsOf: path) else {
            print("skipped: no \(path.path)")
            return nil
        }
        let rows = try Validation(
            hardware: try HardwareCatalogue.builtIn(), models: try ModelCatalogue.builtIn()
        ).outcomes(of: try MeasuredTable(bytes: Array(data), file: file))
        var sources: [String: [RowOutcome]] = [:]
        for row in rows where row.isScored {
            sources["\(row.prefix) \(row.metric)", default: []].append(row)
        }
        return sources.compactMapValues { ErrorStatistics($0)?.median }
    }

    @Test("training throughput and step time")
    func training() throws {
        guard let medians = try medians("training.csv") else { return }
        let bounds = [
            "MBR tokens_per_s_per_gpu": 0.09, "LLF tokens_per_s_per_gpu": 0.04,
            "TTN tokens_per_s_per_gpu": 0.155, "VTM iter_time_s": 0.035, "SMX iter_time_s": 0.04,
            "NAR hw_tflops_per_gpu": 0.05, "KOR iter_time_s": 0.02, "DSV iter_time_s": 0.03,
            "ASC tokens_per_s_per_gpu": 0.08, "SAI iter_time_s": 0.08,
        ]
        for (source, bound) in bounds {
            let median = try #require(medians[source], "no rows of \(source)")
            #expect(median <= bound, "\(source): \(median)")
        }
    }

    @Test("peak memory per device")
    func memory() throws {
        guard let medians = try medians("memory.csv") else { return }
        let median = try #require(medians["MEM peak_memory_GiB"])
        #expect(median <= 0.035, "\(median)")
    }

    @Test("step time of small models on one node")
    func singleNode() throws {
        guard let medians = try medians("vtrain_single_node_a100.csv") else { return }
        let median = try #require(medians["vTrain-node iter_time_s"])
        #expect(median <= 0.08, "\(median)")
    }

    @Test("serving: times and rates by publisher")
    func serving() throws {
        guard let medians = try medians("inference.csv") else { return }
        let bounds = [
            "InferenceX tpot_ms": 0.14, "InferenceX output_tok_per_s_per_gpu": 0.17,
            "silicon-sample tpot_ms": 0.1, "TensorRT-LLM output_tok_per_s_total": 0.12,
            "TensorRT-LLM output_tok_per_s_per_gpu": 0.19,
            "LMSYS output_tok_per_s_per_gpu": 0.17,
        ]
        for (source, bound) in bounds {
            let median = try #require(medians[source], "no rows of \(source)")
            #expect(median <= bound, "\(source): \(median)")
        }
    }
}
