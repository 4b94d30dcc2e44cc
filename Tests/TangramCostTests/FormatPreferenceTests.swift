import TangramCost
import TangramUnits
import Testing

@Suite("Formats of weights are in order of preference")
struct FormatPreferenceTests {
    private func formats(
        _ wanted: [NumberFormat], limit: Seconds? = nil, on accelerator: String = "h100-sxm-80gb",
        count: Int = 8
    ) throws -> Set<NumberFormat> {
        let demand = ServingDemand(
            model: try model("llama-3.1-70b"), requestRate: RequestRate(1), promptTokens: 1_000,
            outputTokens: 200, weightFormats: wanted, timePerOutputToken: limit)
        let front = try ServingSearch(
            ServingModel(demand: demand, group: try group(accelerator))
        ).front(acceleratorLimit: count).get()
        return Set(front.map(\.layout.weightFormat))
    }

    @Test("the first that the card has is taken, whichever is faster")
    func first() throws {
        #expect(try formats([.fp8, .int8]) == [.fp8])
        #expect(try formats([.int8, .fp8]) == [.int8])
        // 910B has no fp8.
        #expect(try formats([.fp8, .int8], on: "ascend-910b3") == [.int8])
    }

    @Test("a later one is taken where the first does not fit")
    func fallback() throws {
        // 141 GB of bf16 weights on one card of 80 GiB; 71 GB in fp8.
        #expect(try formats([.bf16, .fp8], count: 1) == [.fp8])
    }
}
