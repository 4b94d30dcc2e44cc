import TangramHardware
import TangramUnits
import Testing

@Suite("Software stacks")
struct SoftwareStackTests {
    @Test("a shipped stack has the factors of its architecture")
    func shipped() throws {
        let ampere = try #require(
            try SoftwareStack.shipped("llm-foundry-2023", architecture: "Ampere"))
        let hopper = try #require(
            try SoftwareStack.shipped("llm-foundry-2023", architecture: "Hopper"))
        // FlashAttention-2 reached 35 % on Hopper (arXiv 2407.08608, §1) where its successors reach
        // 75 %; backward passes and causal masks reach less.
        #expect(hopper.attention < ampere.attention)
        #expect(hopper.attention < 0.35 / 0.75)
        #expect(ampere.gradientOverlap == 1)
    }

    @Test("Megatron-LM of 2021 waits for gradients and launches kernels one by one")
    func megatron() throws {
        let stack = try #require(
            try SoftwareStack.shipped("megatron-lm-2021", architecture: "Ampere"))
        #expect(stack.gradientOverlap == 0)
        #expect(stack.hostTimePerLayer > Seconds(0.0005))
    }

    @Test("an architecture without a fit keeps the rates of the curves; an unknown name is none")
    func fallback() throws {
        let stack = try #require(
            try SoftwareStack.shipped("megatron-lm-2021", architecture: "Da Vinci"))
        #expect(stack.matrix == 1 && stack.attention == 1 && stack.stream == 1)
        #expect(try SoftwareStack.shipped("nonesuch", architecture: "Ampere") == nil)
    }
}
