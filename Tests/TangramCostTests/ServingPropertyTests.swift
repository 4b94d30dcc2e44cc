import CCostKernel
import CInstructionSet
import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Serving kernel, random options")
struct ServingPropertyTests {
    /// Dense, latent attention with experts, sliding windows; a switch, a mesh, loose cards.
    private func models() throws -> [ServingModel] {
        try [
            ("deepseek-v3", "h200-sxm-141gb"), ("llama-3.1-70b", "ascend-910b2"),
            ("qwen3-32b", "l40s"), ("gpt-oss-120b", "h100-sxm-80gb"),
        ].map { id, card in
            ServingModel(
                demand: ServingDemand(
                    model: try model(id), requestRate: .zero, promptTokens: 2_048,
                    outputTokens: 512),
                group: try group(card))
        }
    }

    @Test("steps and bytes are positive and finite, and never fall with the batch")
    func monotone() throws {
        let models = try models()
        var generator = SeededGenerator(seed: 43)
        for model in models {
            let layout = ServingLayout(
                weightFormat: model.formats[0].weights, computeFormat: model.formats[0].compute)
            let table = model.table(layout)
            var wrong: [tangram_serving_option] = []
            for _ in 0..<optionCount / models.count {
                var option = tangram_serving_option(
                    tensor: [1, 2, 4, 8].randomElement(using: &generator) ?? 1,
                    pipeline: [1, 2, 3, 4].randomElement(using: &generator) ?? 1,
                    data: [1, 2, 4, 8, 16, 32].randomElement(using: &generator) ?? 1, expert: 1,
                    context: [1, 1, 2, 4].randomElement(using: &generator) ?? 1)
                if Bool.random(using: &generator) {
                    option.expert = option.tensor * option.data * option.context
                }
                let batch = Double(Int.random(in: 1...8_192, using: &generator))
                var state = tangram_serving_state()
                tangram_serving_state_of(table.pointer, &option, &state)
                func at(_ batch: Double) -> (step: Double, token: Double, bytes: Double) {
                    var point = tangram_serving_point()
                    var memory = tangram_serving_memory()
                    tangram_serving_point_of(table.pointer, &option, &state, batch, &point)
                    tangram_serving_memory_of(table.pointer, &option, batch, &memory)
                    return (point.step_s, point.token_s, memory.total_bytes)
                }
                let (few, many) = (at(batch), at(2 * batch))
                let isGood =
                    few.step > 0 && few.step.isFinite && few.token >= few.step * (1 - 1e-12)
                    && few.token.isFinite && few.bytes > 0 && few.bytes == few.bytes.rounded()
                    && many.step >= few.step * (1 - 1e-12) && many.bytes >= few.bytes
                if !isGood { wrong.append(option) }
            }
            #expect(wrong.isEmpty, "\(model.demand.model.id) \(wrong.prefix(3))")
        }
    }
}
