import TangramPlacement
import TangramSpec
import TangramUnits
import Testing

@Suite("What happens over time, in a scenario")
struct ConditionsReaderTests {
    private static let text = """
        tangram: 1
        cluster:
          pools:
            - {id: new, accelerator: h100-sxm-80gb, nodes: 4, per-node: 8, scale-out: {link: ib-ndr400, nics: 8, rails: 8}}
            - {id: old, accelerator: a100-sxm-80gb, nodes: 2, per-node: 8, scale-out: {link: ib-ndr400, nics: 8, rails: 8}, labels: [salvaged]}
        jobs:
          - {id: tune, train: {model: qwen3-8b, sequence: 4096, batch: 64, tokens: 1 Gtok}}
        simulation:
          storage: 20 GB/s
          traffic: {swing: 30 %, peak: 15 h, headroom: 20 %}
          failures:
            - {every: 2000 h}
            - {labels: salvaged, every: 300 h, repair: 8 h}
          stragglers: [{pools: new, every: 500 h, lasting: 2 h, speed: 60 %}]
          events:
            - {pool: new, from: 20 h, until: 26 h, nodes-out: 2}
            - {pool: old, from: 2 d, price: 1.10 USD/h}
        """

    @Test("every key is read with its unit")
    func keys() throws {
        let conditions = try ScenarioFile.parse(Self.text, path: "s.yaml").scenario.conditions
        #expect(conditions.storage?.value == 20e9)
        #expect(conditions.traffic?.swing == 0.3)
        #expect(abs((conditions.traffic?.peak.value ?? 0) / 3_600 - 15) < 1e-9)
        #expect(conditions.traffic?.headroom == 0.2)
        #expect(conditions.failures.map(\.every.value) == [2_000 * 3_600, 300 * 3_600])
        #expect(conditions.failures.map(\.repair.value) == [4 * 3_600, 8 * 3_600])
        #expect(conditions.failures[1].pools.contains(id: "old", labels: ["salvaged"]))
        #expect(!conditions.failures[1].pools.contains(id: "new", labels: []))
        #expect(conditions.stragglers.map(\.speed) == [0.6])
        #expect(conditions.events.map(\.change) == [.nodesOut(2), .price(MoneyRate(1.1))])
        #expect(abs((conditions.events[0].end?.value ?? 0) / 3_600 - 26) < 1e-9)
    }
}
