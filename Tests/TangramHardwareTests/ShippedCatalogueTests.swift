import TangramDocument
import TangramHardware
import TangramUnits
import Testing

@Suite("Shipped catalogue")
struct ShippedCatalogueTests {
    let catalogue: HardwareCatalogue

    init() throws { catalogue = try HardwareCatalogue.builtIn() }

    @Test("every shipped file decodes, with at least 55 accelerators and 70 links")
    func counts() {
        #expect(catalogue.accelerators.count >= 55)
        #expect(catalogue.links.count >= 70)
        #expect(catalogue.links.reduce(0) { $0 + $1.fits.count } == 100)
    }

    @Test("an H100 SXM has 989 TFLOP/s in bf16, 3.35 TB/s and 450 GB/s of NVLink to 8")
    func h100() throws {
        let card = try #require(catalogue.accelerator("h100-sxm-80gb"))
        #expect(card.peaks[.bf16] == FLOPRate(989e12))
        #expect(card.memoryBandwidth == Bandwidth(3.35e12))
        #expect(card.memory == Bytes.gibibytes(80))
        #expect(card.usableMemory == Bytes.gibibytes(79.11))
        #expect(card.scaleUp?.bandwidth == Bandwidth(450e9))
        #expect(card.scaleUp?.domainSize == 8)
        #expect(card.defaultPrice?.rate == MoneyRate(1.55))
        #expect(card.allInPower == Power(1370))
        #expect(card.efficiency.compute[.fp8] == 0.60)
        #expect(catalogue.accelerator("h100")?.id == card.id)
    }

    @Test("a 910B gives one peer 28 GB/s of its 196")
    func ascendMesh() throws {
        let link = try #require(catalogue.link("hccs-910b"))
        #expect(link.bandwidth == Bandwidth(196e9))
        #expect(link.perPeerBandwidth == Bandwidth(28e9))
        #expect(link.topology == .mesh)
        #expect(catalogue.accelerator("910b3")?.scaleUp?.linkID == link.id)
        #expect(catalogue.accelerator("910b") == nil)
    }

    @Test("two dies of a 910C make its package")
    func dies() throws {
        let package = try #require(catalogue.accelerator("ascend-910c"))
        let die = try #require(catalogue.accelerator("ascend-910c-die"))
        #expect(package.dieCount == 2)
        #expect(package.peaks[.fp16] == (die.peaks[.fp16] ?? .zero) * 2)
        #expect(package.memory == die.memory * 2)
        #expect(abs(package.usableMemory.count - 2 * die.usableMemory.count) <= 2)
        #expect(package.scaleUp?.bandwidth == Bandwidth(392e9))
    }

    @Test("PCIe cards reach their scale-up port by a bridge, SXM boards do not")
    func bridges() {
        #expect(catalogue.accelerator("h100-pcie")?.scaleUp?.needsBridge == true)
        #expect(catalogue.accelerator("h100-sxm")?.scaleUp?.needsBridge == false)
        #expect(catalogue.accelerator("l40s")?.scaleUp == nil)
    }

    @Test("400 Gb/s is 50 GB/s: the NIC of an H100 is not 400 GB/s")
    func bitsAndBytes() {
        #expect(catalogue.accelerator("h100")?.typicalNICBandwidth == Bandwidth(50e9))
    }

    @Test("tuned RoCE carries more than default RoCE, at every speed")
    func roce() throws {
        for speed in [100, 200, 400, 800] {
            let tuned = try #require(catalogue.link("roce-\(speed)-tuned"))
            let plain = try #require(catalogue.link("roce-\(speed)-default"))
            #expect(tuned.bandwidth == plain.bandwidth)
            #expect(tuned.efficiency[.sendReceive] == 0.94)
            #expect(plain.efficiency[.sendReceive] == 0.57)
        }
    }

    @Test("PCIe without peer-to-peer is the slowest layout of its generation")
    func pcie() throws {
        for generation in 4...6 {
            let names = catalogue.linkNames.filter { $0.hasPrefix("pcie\(generation)-p2p") }
            #expect(names.count >= 3)
            let without = try #require(catalogue.link("pcie\(generation)-no-p2p"))
            for name in names {
                let link = try #require(catalogue.link(name))
                let slow = without.efficiency[.allReduce] ?? 1
                #expect(slow < link.efficiency[.allReduce] ?? 0)
            }
        }
    }

    @Test("every accelerator names links that exist, of the right kind and wide enough")
    func links() throws {
        for card in catalogue.accelerators {
            if let port = card.scaleUp {
                let link = try #require(catalogue.link(port.linkID), "\(card.id)")
                #expect(link.kind == .scaleUp, "\(card.id)")
                #expect(link.bandwidth != nil)
            }
            if let host = card.hostLinkID {
                #expect(catalogue.link(host)?.kind == .pcie, "\(card.id)")
            }
        }
    }

    @Test("every fit names an accelerator that exists")
    func fits() {
        for link in catalogue.links {
            for fit in link.fits {
                #expect(catalogue.accelerator(fit.acceleratorID) != nil, "\(link.id)")
                #expect(fit.medianError <= fit.maximumError)
            }
        }
    }

    @Test("every entry says where it comes from and how far to trust it")
    func provenance() {
        let words: Set<String> = [
            "official-tool", "official-tool+paper", "secondary-read", "community", "announced",
            "rumour", "measured-only", "unverified", "partly-unverified", "read", "derived",
        ]
        let all =
            catalogue.accelerators.map { ($0.id, $0.provenance) }
            + catalogue.links.map { ($0.id, $0.provenance) }
        for (id, provenance) in all {
            #expect(!provenance.source.isEmpty, "\(id)")
            #expect(provenance.retrieved == "2026-11", "\(id)")
            #expect(words.contains(provenance.confidence), "\(id): \(provenance.confidence)")
        }
        for price in catalogue.accelerators.flatMap(\.prices) { #expect(!price.source.isEmpty) }
    }

    @Test("usable memory never exceeds nominal memory, and is never below four fifths of it")
    func memory() {
        for card in catalogue.accelerators {
            #expect(card.usableMemory <= card.memory, "\(card.id)")
            #expect(card.usableMemory / card.memory > 0.8, "\(card.id)")
        }
    }

    @Test("every format with a peak has a compute fraction")
    func efficiency() {
        for card in catalogue.accelerators {
            for format in card.peaks.keys {
                #expect(card.efficiency.compute[format] != nil, "\(card.id) \(format)")
            }
            #expect(!card.efficiency.source.isEmpty)
        }
        #expect(catalogue.accelerator("a100-pcie")?.efficiency.compute[.bf16] == 0.746)
        #expect(catalogue.accelerator("a100-pcie")?.efficiency.compute[.int8] == 0.8)
    }

    @Test("names and aliases are unique")
    func names() {
        #expect(Set(catalogue.acceleratorNames).count == catalogue.acceleratorNames.count)
        #expect(Set(catalogue.linkNames).count == catalogue.linkNames.count)
    }
}
