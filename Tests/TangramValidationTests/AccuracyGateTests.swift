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
        guard let rows = try MeasuredFolder.outcomes(file) else { return nil }
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
            "MBR tokens_per_s_per_gpu": 0.08, "LLF tokens_per_s_per_gpu": 0.04,
            "TTN tokens_per_s_per_gpu": 0.08, "VTM iter_time_s": 0.035, "SMX iter_time_s": 0.04,
            "NAR hw_tflops_per_gpu": 0.05, "KOR iter_time_s": 0.02, "DSV iter_time_s": 0.02,
            "ASC tokens_per_s_per_gpu": 0.08, "SAI iter_time_s": 0.08,
        ]
        for (source, bound) in bounds {
            let median = try #require(medians[source], "no rows of \(source)")
            #expect(median <= bound, "\(source): \(median)")
        }
    }

    @Test("at most one row in twenty cannot be expressed")
    func expressed() throws {
        guard let rows = try MeasuredFolder.outcomes("training.csv") else { return }
        let missing = rows.count { $0.predicted == nil }
        #expect(Double(missing) <= 0.02 * Double(rows.count), "\(missing) of \(rows.count)")
    }

    @Test("nine in ten of NVIDIA's rows within 30 %; means of rows with a mean as target")
    func spreads() throws {
        guard let rows = try MeasuredFolder.outcomes("training.csv") else { return }
        func statistics(_ prefix: String, _ metric: String) throws -> ErrorStatistics {
            try #require(
                ErrorStatistics(
                    rows.filter { $0.isScored && $0.prefix == prefix && $0.metric == metric }))
        }
        #expect(try statistics("MBR", "tokens_per_s_per_gpu").ninetieth <= 0.3)
        #expect(try statistics("KOR", "iter_time_s").mean <= 0.02)
        #expect(try statistics("VTM", "iter_time_s").mean <= 0.06)
        #expect(try statistics("SMX", "iter_time_s").mean <= 0.05)
        #expect(try statistics("SAI", "iter_time_s").mean <= 0.095)
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
