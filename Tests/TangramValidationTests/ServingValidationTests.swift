import Foundation
import TangramDocument
import TangramHardware
import TangramModels
import TangramValidation
import Testing

@Suite("Validation of serving")
struct ServingValidationTests {
    private static let header =
        "id,source,model,precision,engine_version,accelerator,num_accel,tp,pp,ep,dp_attn,disagg,"
        + "prefill_accels,decode_accels,isl,osl,concurrency_or_batch,metric,value,notes\n"
    private static let gridHeader =
        "mode,model,system,tp,pp,attn_dp,moe_tp,moe_ep,num_gpus,isl,osl,batch_per_rank,ttft_ms,"
        + "tpot_ms,tok_s_per_gpu,gemm_quant,moe_quant,kv_quant\n"

    private func outcomes(
        _ lines: [String], header: String = header
    ) throws -> [RowOutcome] {
        let text = header + lines.joined(separator: "\n")
        return try Validation(
            hardware: try HardwareCatalogue.builtIn(), models: try ModelCatalogue.builtIn()
        ).outcomes(of: try MeasuredTable(bytes: Array(text.utf8), file: "s.csv"))
    }

    private func outcome(_ line: String) throws -> RowOutcome {
        try #require(try outcomes([line]).first)
    }

    @Test("times and rates of one closed loop agree by Little's law")
    func closedLoop() throws {
        let run = "s,meta-llama/Llama-3.1-8B,bf16,vllm,H100-SXM-80GB,2,2,1,1,n,n,,,1024,512,32"
        let rows = try outcomes([
            "a,\(run),tpot_ms,10,", "b,\(run),ttft_ms,50,",
            "c,\(run),output_tok_per_s_per_gpu,1000,", "d,\(run),output_tok_per_s_total,2000,",
        ])
        let values = try rows.map { try #require($0.predicted) }
        // 32 clients = rate × (first token + 511 further ones); a run's ends cost a fortieth.
        let seconds = (values[1] + 511 * values[0]) / 1_000
        #expect(abs(32 / seconds * 512 * 0.975 / values[3] - 1) < 1e-3)
        #expect(abs(values[3] / values[2] - 2) < 1e-9)
    }

    @Test("pools apart count tokens per decoding and per prefilling accelerator")
    func disaggregated() throws {
        let run =
            "s,DeepSeek-R1-0528 (671B MoE),fp8 weights,dynamo,H200-SXM-141GB,24,8,1,8,y,y,8,16,"
            + "8192,1024,64"
        let rows = try outcomes([
            "a,\(run),output_tok_per_s_per_gpu,300,", "b,\(run),input_tok_per_s_per_gpu,5000,",
        ])
        let output = try #require(rows[0].predicted)
        let input = try #require(rows[1].predicted)
        // Every request has eight prompt tokens for one of its answer, and half the accelerators.
        #expect(abs(input / output - 8 * 16 / 8) < 1e-6)
    }

    @Test("a run of few requests is slower than one that never ends: full waves, and a last one")
    func shortRun() throws {
        let header = Self.header.replacingOccurrences(of: "\n", with: ",requests\n")
        let run = "s,meta-llama/Llama-3.1-8B,bf16,vllm,H100-SXM-80GB,1,1,1,1,n,n,,,1000,1000,inf"
        let rates = try outcomes(
            [
                "a,\(run),output_tok_per_s_total,9000,,",
                "b,\(run),output_tok_per_s_total,9000,,300",
                "c,\(run),output_tok_per_s_total,9000,,1000000",
            ], header: header
        ).map { try #require($0.predicted) }
        #expect(rates[1] < 0.95 * rates[0])
        #expect(abs(rates[2] / rates[0] - 1) < 1e-3)
        // NVIDIA's pages state 3,000 requests for these lengths.
        let published = run.replacingOccurrences(
            of: "s,meta", with: "NVIDIA/TensorRT-LLM docs perf-overview,meta")
        let found = try outcomes(
            [
                "d,\(published),output_tok_per_s_total,9000,,",
                "e,\(run),output_tok_per_s_total,9000,,3000",
            ], header: header
        ).map { try #require($0.predicted) }
        #expect(found[0] == found[1])
    }

    @Test("prefill apart is laid out as the notes say")
    func prefillNotes() throws {
        let run =
            "s,DeepSeek-R1-0528 (671B MoE),fp8 weights,dynamo,H200-SXM-141GB,24,8,1,8,y,y,16,8,"
            + "8192,1024,64,output_tok_per_s_per_gpu,300"
        let rows = try outcomes([
            "a,\(run),prefill tp8 ep8 dpa=True workers=2",
            "b,\(run),prefill tp16 ep16 dpa=False workers=1",
        ])
        #expect(rows[0].assumptions.contains { $0.contains("prefill on DP8 EP8") })
        #expect(rows[1].assumptions.contains { $0.contains("prefill on TP16") })
    }

    @Test("a package of two dies is two devices, and counts once")
    func packages() throws {
        let row = try outcome(
            "a,s,DeepSeek-R1,W8A8C8 int8,CANN,Ascend 910C (Atlas A3),64,,,128,y,n,,,4096,,6144,"
                + "output_tok_per_s_per_gpu,2138,decode only; MTP1; 0.7 accepted")
        #expect(row.accelerator == "ascend-910c-die")
        let other = try outcome(
            "a,s,DeepSeek-R1,W8A8C8 int8,CANN,Ascend 910C (Atlas A3),64,,,128,y,n,,,4096,,6144,"
                + "output_tok_per_s_total,136832,decode only; MTP1; 0.7 accepted")
        let each = try #require(row.predicted)
        let total = try #require(other.predicted)
        #expect(abs(total / each - 64) < 1e-6)
    }

    @Test("a row of a grid has an outcome for each of its predictions")
    func grid() throws {
        let rows = try outcomes(
            [
                "static,meta-llama/Meta-Llama-3.1-8B,h100_sxm,1,1,1,,,1,1024,128,8,100,10,500,"
                    + "bfloat16,bfloat16,bfloat16"
            ], header: Self.gridHeader)
        #expect(rows.map(\.metric) == ["ttft_ms", "tpot_ms", "output_tok_per_s_per_gpu"])
        let values = try rows.map { try #require($0.predicted) }
        #expect(abs(8 * 128 / (values[0] + 127 * values[1]) * 1_000 / values[2] - 1) < 1e-9)
    }

    @Test(
        "a row that cannot be expressed says why",
        arguments: [
            ("nonesuch-7b,bf16,vllm,H100-SXM-80GB", "1", "tpot_ms", "--catalog"),
            ("Llama-3.1-8B,bf16,vllm,H100X", "1", "tpot_ms", "no accelerator \"H100X\""),
            ("Llama-3.1-8B,bf16,vllm,H100-SXM-80GB", "7", "tpot_ms", "7"),
            ("Llama-3.1-8B,bf16,vllm,H100-SXM-80GB", "1", "joules", "the metric \"joules\""),
        ])
    func inexpressible(run: String, tensor: String, metric: String, reason: String) throws {
        let row = try outcome(
            "a,s,\(run),\(tensor),\(tensor),1,1,n,n,,,1024,128,8,\(metric),5,")
        #expect(row.predicted == nil)
        #expect(row.reason?.contains(reason) == true, "\(row.reason ?? "no reason")")
    }

    @Test("malformed fields are all reported, each at its place")
    func malformed() {
        let run = "s,Llama-3.1-8B,bf16,vllm,H100-SXM-80GB"
        do {
            _ = try outcomes([
                "a,\(run),eight,1,1,1,n,n,,,1024,128,8,tpot_ms,5,",
                "b,\(run),1,1,1,1,n,n,,,1024,128,some,tpot_ms,5,",
                "c,\(run),1,1,1,1,n,n,,,-4,128,8,tpot_ms,5,",
                "d,\(run),1,1,1,1,n,n,,,1024,128,8,tpot_ms,,",
            ])
            Issue.record("nothing was reported")
        } catch {
            let text = "\(error)"
            for place in ["s.csv:2:", "s.csv:3:", "s.csv:4:", "s.csv:5:"] {
                #expect(text.contains(place), "\(text)")
            }
            #expect(text.contains("neither a number nor \"inf\""))
        }
    }
}
