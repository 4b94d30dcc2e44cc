import TangramDocument
import TangramHardware
import TangramUnits
import Testing

@Suite("User entries")
struct CatalogueOverrideTests {
    /// The shipped catalogue with `json` merged into it, and what was reported.
    func merged(_ json: String) throws -> (catalogue: HardwareCatalogue, messages: [String]) {
        var catalogue = try HardwareCatalogue.builtIn()
        let collector = DiagnosticCollector(file: "site.yaml")
        catalogue.merge(
            Cursor(try JSONDocument.parse(json.utf8, file: "user.json"), collector: collector))
        return (catalogue, collector.sorted.map(\.description))
    }

    let minimal = """
        {"accelerators": [{"id": "x1", "vendor": "Acme", "name": "X1", "architecture": "Hopper",
          "memory": "96 GiB", "memory-bandwidth": "4 TB/s", "peaks": {"bf16": "500 TFLOP/s"}}]}
        """

    @Test("an override of one field keeps the rest and says whose it is")
    func oneField() throws {
        let (catalogue, messages) = try merged(
            #"{"accelerators": [{"id": "h100", "power": "500 W"}]}"#)
        #expect(messages == [])
        let card = try #require(catalogue.accelerator("h100-sxm-80gb"))
        let shipped = try #require(try HardwareCatalogue.builtIn().accelerator("h100"))
        #expect(card.power == Power(500))
        var expected = shipped
        expected.power = card.power
        expected.provenance = card.provenance
        #expect(card == expected)
        #expect(card.provenance.source.hasSuffix("; power by site.yaml"))
        #expect(
            catalogue.accelerators.count == (try HardwareCatalogue.builtIn().accelerators.count))
    }

    @Test("an override of one peak keeps the other peaks")
    func onePeak() throws {
        let (catalogue, messages) = try merged(
            #"{"accelerators": [{"id": "h100", "peaks": {"bf16": "900 TFLOP/s", "fp8": null}}]}"#)
        #expect(messages == [])
        let card = try #require(catalogue.accelerator("h100"))
        #expect(card.peaks[.bf16] == FLOPRate(900e12))
        #expect(card.peaks[.fp16] == FLOPRate(989e12))
        #expect(card.peaks[.fp8] == nil)
    }

    @Test("a figure the user states is no longer unverified")
    func verified() throws {
        let (catalogue, _) = try merged(
            #"{"accelerators": [{"id": "h20-3e", "power": "450 W"}]}"#)
        let fields = try #require(catalogue.accelerator("h20-141gb")).provenance.unverifiedFields
        #expect(!fields.contains("power"))
        #expect(fields.contains("memory-bandwidth"))
    }

    @Test("new memory does not keep the old usable memory")
    func memory() throws {
        let (catalogue, messages) = try merged(
            #"{"accelerators": [{"id": "rtx-4090d", "memory": "48 GiB"}]}"#)
        #expect(messages == [])
        #expect(catalogue.accelerator("4090d")?.usableMemory == Bytes.gibibytes(48))
    }

    @Test("a new card needs the required fields and nothing else")
    func newCard() throws {
        let (catalogue, messages) = try merged(minimal)
        #expect(messages == [])
        let card = try #require(catalogue.accelerator("x1"))
        #expect(card.efficiency.compute[.bf16] == 0.80)
        #expect(card.usableMemory == card.memory)
        #expect(card.provenance.source == "site.yaml")
        #expect(card.provenance.confidence == "user")
    }

    @Test("the example of docs/catalogue.md is accepted")
    func example() throws {
        let (catalogue, messages) = try merged(
            """
            {"accelerators": [
              {"id": "h100", "prices": [{"market": "neocloud", "rate": "1.90 USD/h"}]},
              {"id": "x1-oam", "aliases": ["x1"], "vendor": "Acme", "name": "X1",
               "architecture": "Acme One", "memory": "96 GiB", "usable-memory": "94.5 GiB",
               "memory-bandwidth": "4 TB/s",
               "peaks": {"bf16": "500 TFLOP/s", "fp8": "1 PFLOP/s"}, "power": "650 W",
               "scale-up": {"link": "acme-mesh", "bandwidth": "350 GB/s", "domain": 8},
               "host-link": "pcie5-x16", "host-bandwidth": "64 GB/s", "nic": "400 Gb/s",
               "confidence": "measured-only", "source": "acceptance test, rack 4"}],
             "links": [
              {"id": "acme-mesh", "kind": "scale-up", "topology": "mesh",
               "bandwidth": "350 GB/s", "per-peer": "50 GB/s", "domain": 8,
               "efficiency": {"all-reduce": 0.7, "all-gather": 0.7, "send-receive": 0.8},
               "latency": "8 us"}],
             "efficiency": [
              {"architecture": "Acme One", "compute": {"bf16": 0.7, "fp8": 0.6},
               "attention": 0.55, "memory": 0.8, "launch": "5 us", "uncertainty": 0.2,
               "source": "our GEMM sweep"}]}
            """)
        #expect(messages == [])
        #expect(catalogue.accelerator("x1")?.efficiency.compute[.fp8] == 0.6)
        #expect(catalogue.accelerator("h100")?.defaultPrice?.rate == MoneyRate(1.9))
        #expect(catalogue.link("acme-mesh")?.provenance.confidence == "user")
    }

    @Test("a link whose bandwidth the user states loses the fits of the shipped one")
    func linkOverride() throws {
        let (catalogue, messages) = try merged(
            #"{"links": [{"id": "nvlink4-nvswitch", "bandwidth": "300 GB/s"}]}"#)
        #expect(messages == [])
        let link = try #require(catalogue.link("nvlink4-nvswitch"))
        #expect(link.bandwidth == Bandwidth(300e9))
        #expect(link.efficiency[.allGather] == 0.745)
        #expect(link.fits.isEmpty)
    }

    @Test("a changed profile reaches the accelerators of its architecture")
    func profile() throws {
        let (catalogue, messages) = try merged(
            #"{"efficiency": [{"architecture": "Ampere", "memory": 0.7}]}"#)
        #expect(messages == [])
        #expect(catalogue.accelerator("a100-40gb")?.efficiency.memory == 0.7)
        let card = try #require(catalogue.accelerator("a100-pcie"))
        #expect(card.efficiency.memory == 0.7)
        #expect(card.efficiency.compute[.bf16] == 0.746)
        #expect(catalogue.accelerator("h100")?.efficiency.memory == 0.85)
    }

    @Test(
        "a wrong entry is refused with the place and a next step",
        arguments: [
            (#"{"accelerators": [{"id": "h100", "powr": "500 W"}]}"#, "did you mean \"power\"?"),
            (
                #"{"accelerators": [{"id": "h100", "memory": "48"}]}"#,
                "accelerators[0].memory: 48 needs a unit, for example 48 GiB"
            ),
            (#"{"accelerators": [{"id": "h100", "memory": 48}]}"#, "for example 48 GiB"),
            (
                #"{"accelerators": [{"id": "h100", "nic": "400"}]}"#,
                "400 needs a unit, for example 400 Gb/s or 400 GB/s"
            ),
            (
                #"{"accelerators": [{"id": "h100", "memory-bandwidth": "-3 TB/s"}]}"#,
                "a negative bandwidth has no meaning"
            ),
            (#"{"accelerators": [{"id": "h100", "memory-bandwidth": "0 TB/s"}]}"#, "above zero"),
            (
                #"{"accelerators": [{"id": "h100", "memory-bandwidth": "3350 TB/s"}]}"#,
                "is not plausible; check the unit"
            ),
            (
                #"{"accelerators": [{"id": "h100", "usable-memory": "90 GiB"}]}"#,
                "usable-memory 90 GiB is more than memory 80 GiB"
            ),
            (
                #"{"accelerators": [{"id": "h100", "scale-up": {"link": "nvlink4-nvswich"}}]}"#,
                "did you mean \"nvlink4-nvswitch\"?"
            ),
            (
                #"{"accelerators": [{"id": "h100", "architecture": "Hoper"}]}"#,
                "did you mean \"Hopper\"?"
            ),
            (
                #"{"accelerators": [{"id": "h100", "peaks": {"bf61": "1 TFLOP/s"}}]}"#,
                "did you mean \"bf16\"?"
            ),
            (#"{"accelerators": [{"id": "mine", "name": "X"}]}"#, "missing key \"memory\""),
            (#"{"accelerators": [{"id": "h100"}, {"id": "h100"}]}"#, "is listed twice"),
            (
                #"{"accelerators": [{"id": "h100", "aliases": ["h200"]}]}"#,
                "already means \"h200-sxm-141gb\""
            ),
            (#"{"accelerators": {"id": "h100"}}"#, "expected a list, found a mapping"),
            (
                #"{"links": [{"id": "hccs-910b", "per-peer": "300 GB/s"}]}"#,
                "is more than bandwidth"
            ),
            (
                #"{"links": [{"id": "ib-ndr400", "efficiency": {"all-reduce": 20}}]}"#,
                "20 is out of range"
            ),
            (#"{"efficiency": [{"architecture": "Hopper", "memory": 85}]}"#, "85 is out of range"),
        ])
    func refused(json: String, message: String) throws {
        let (catalogue, messages) = try merged(json)
        #expect(messages.contains { $0.contains(message) }, "\(messages)")
        let shipped = try HardwareCatalogue.builtIn()
        #expect(catalogue.accelerator("h100") == shipped.accelerator("h100"))
        #expect(catalogue.accelerator("mine") == nil)
    }

    @Test("all errors of a document are reported in one reading")
    func allErrors() throws {
        let (_, messages) = try merged(
            """
            {"accelerators": [{"id": "h100", "memory": "80", "power": "-1 W"},
             {"id": "h200", "dies": 0}]}
            """)
        #expect(messages.count == 3, "\(messages)")
    }

    @Test("other keys of a scenario are not looked at")
    func otherKeys() throws {
        #expect(try merged(#"{"jobs": [], "cluster": 5}"#).messages == [])
    }

    @Test("JSON that is no JSON is refused")
    func noJSON() {
        #expect(throws: DiagnosticList.self) { try JSONDocument.parse("{".utf8, file: "x.json") }
    }
}
