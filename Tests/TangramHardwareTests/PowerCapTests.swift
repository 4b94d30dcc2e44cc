import TangramHardware
import TangramUnits
import Testing

@Suite("Power caps")
struct PowerCapTests {
    @Test("a cap lowers clocks by the cube root of the power left above waiting")
    func cubeRoot() throws {
        let card = try #require(try HardwareCatalogue.builtIn().accelerator("h100-sxm-80gb"))
        let shares = try #require(card.efficiency.power)
        let limit = try #require(card.power).value
        let waiting = shares.waiting * limit
        let capped = card.capped(at: Power(500))
        let clock = (capped.peaks[.bf16]?.value ?? 0) / (card.peaks[.bf16]?.value ?? 1)
        let left = (500 - waiting) / (shares.computing * limit - waiting)
        #expect(abs(clock * clock * clock - left) < 1e-9)
        #expect(clock > 0.85 && clock < 0.95)
        #expect(capped.memoryBandwidth == card.memoryBandwidth)
        #expect(capped.power == Power(500))
    }

    @Test("a cap above what the card draws, or below what it draws waiting, changes nothing")
    func outside() throws {
        let card = try #require(try HardwareCatalogue.builtIn().accelerator("h100-sxm-80gb"))
        for watts in [0.0, 10, 680, 700, 900] {
            #expect(card.capped(at: Power(watts)).peaks == card.peaks)
        }
    }
}
