import CCostKernel
import Foundation
import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Exchanges with experts")
struct ExpertExchangeTests {
    /// 10 µs, 10 ns an expert, 100 GB/s, 10 tokens to fill, 1 own copy and 1 kB a copy.
    private func curve(_ places: Double, byteCost: Double = 1e-11) -> tangram_exchange_curve {
        var curve = tangram_exchange_curve()
        var fit = tangram_link_fit()
        fit.rank_count = places
        fit.latency_s = 10e-6
        fit.byte_cost_s = byteCost
        tangram_exchange_add_fit(&curve, fit)
        curve.expert_s = 10e-9
        curve.row_count = 10
        curve.own_copies = 1
        curve.header_bytes = 1_000
        return curve
    }

    private func network(merging: Bool) -> tangram_network_table {
        var network = tangram_network_table()
        network.local_size = 8
        network.domain_size = 8
        network.exchange_count = 1
        network.exchanges.0.merges_copies = merging ? 1 : 0
        network.exchanges.0.near = (curve(8), curve(8))
        network.exchanges.0.far = (curve(8, byteCost: 1e-10), curve(8, byteCost: 1e-10))
        return network
    }

    private func kind(groupLimit: Double = 0) -> tangram_expert_kind {
        var kind = tangram_expert_kind()
        kind.expert_count = 256
        kind.active_expert_count = 8
        kind.group_limit = groupLimit
        kind.inverse_group_count = groupLimit > 0 ? 0.125 : 0
        return kind
    }

    private func parts(
        _ network: tangram_network_table, _ kind: tangram_expert_kind, size: Double,
        tokens: Double = 90, mergedOnly: Int32 = 0
    ) -> tangram_exchange_parts {
        var (network, kind) = (network, kind)
        return tangram_exchange_of(&network, &kind, size, 1, tokens, 7_168, 14_336, mergedOnly)
    }

    @Test("merged copies go to 7·(1 − (7/8)⁸) other ranks of eight, separate ones to 8·7/8")
    func inside() {
        // 10 µs + 256 · 10 ns + 100 rows · 8,168 B · (copies + 1) at 100 GB/s.
        let merged: Double = 7 * (1 - pow(0.875, 8))
        let there = 12.56e-6 + 100 * 8_168 * (merged + 1) * 1e-11
        let back = 12.56e-6 + 100 * 15_336 * (merged + 1) * 1e-11
        let parts = parts(network(merging: true), kind(), size: 8)
        #expect(parts.library == 0 && parts.node_count == 1 && parts.place_count == 8)
        #expect(isClose(parts.dispatch_s, there, 1e-12))
        #expect(isClose(parts.combine_s, back, 1e-12))
        let copied = self.parts(network(merging: false), kind(), size: 8)
        #expect(isClose(copied.dispatch_s, 12.56e-6 + 100 * 8_168 * 8e-11, 1e-12))
    }

    @Test("over eight nodes the fabric sets the pace, and routing limits the nodes")
    func between() {
        let free: Double = 7 * (1 - pow(0.875, 8))
        let parts = parts(network(merging: true), kind(), size: 64)
        #expect(parts.node_count == 8 && parts.place_count == 8)
        #expect(isClose(parts.dispatch_s, 12.56e-6 + 100 * 8_168 * (free + 1) * 1e-10, 1e-12))
        // Four of eight groups: of four nodes an eighth is the own one.
        let limited = self.parts(network(merging: true), kind(groupLimit: 4), size: 64)
        #expect(isClose(limited.dispatch_s, 12.56e-6 + 100 * 8_168 * 4.5e-10, 1e-12))
    }

    @Test("the fastest library counts; training takes those that merge copies")
    func fastest() {
        var network = network(merging: true)
        network.exchange_count = 2
        network.exchanges.1.near = network.exchanges.0.near
        network.exchanges.1.far = network.exchanges.0.far
        // Ten times the bandwidth beats fewer copies, an infinite latency does not.
        network.exchanges.1.near.0.links.fits.0.byte_cost_s = 1e-12
        network.exchanges.1.near.1.links.fits.0.byte_cost_s = 1e-12
        #expect(parts(network, kind(), size: 8).library == 1)
        #expect(parts(network, kind(), size: 8, mergedOnly: 1).library == 0)
        network.exchanges.1.near.0.links.fits.0.latency_s = 1
        #expect(parts(network, kind(), size: 8).library == 0)
        #expect(parts(network, kind(), size: 1).library == -1)
    }

    @Test("a decode step spends the exchange that the estimate names, in every layer with experts")
    func breakdown() throws {
        let demand = ServingDemand(
            model: try model("deepseek-v3"), requestRate: RequestRate(1), promptTokens: 4_096,
            outputTokens: 512, engine: .ideal)
        for count in [8, 64] {
            let serving = ServingModel(demand: demand, group: try group("h100-sxm-80gb"))
            let layout = ServingLayout(
                tensorParallel: 1, pipelineParallel: 1, dataParallel: count, weightFormat: .fp8,
                computeFormat: .fp8, keyValueFormat: .bf16)
            let table = serving.table(layout)
            let sequences = 64.0 * Double(count)
            let use = try #require(table.exchange(layout, sequences: sequences))
            #expect(use.measuredOn == "h100-sxm-80gb" && !use.isInherited)
            #expect(use.isBetweenNodes == (count > 8))
            // 58 of 61 layers have experts. Gathering all tokens on every rank may be faster.
            let terms = table.decode(layout, sequences: sequences)
            #expect(terms.expertParallel <= 58 * use.total.value * 1.000_001)
            #expect(terms.expertParallel > 58 * use.total.value * 0.3)
        }
    }

    @Test("the named exchange sends what experts read, a share of the tokens from every rank")
    func widths() throws {
        // Experts read 1,024 numbers of a hidden size of 4,096, 22 of 512 for each token.
        let demand = ServingDemand(
            model: try model("nemotron-3-super-120b-a12b"), requestRate: RequestRate(1),
            promptTokens: 4_096, outputTokens: 512, engine: .ideal)
        let serving = ServingModel(demand: demand, group: try group("h100-sxm-80gb"))
        for (data, context) in [(8, 1), (1, 8)] {
            let layout = ServingLayout(
                tensorParallel: 1, pipelineParallel: 1, dataParallel: data,
                contextParallel: context, weightFormat: .bf16, computeFormat: .bf16,
                keyValueFormat: .bf16)
            let table = serving.table(layout)
            let use = try #require(table.exchange(layout, sequences: 512))
            var kind = tangram_expert_kind()
            kind.expert_count = 512
            kind.active_expert_count = 22
            let network = NetworkTable(try group("h100-sxm-80gb"), isServing: true)
            let expected = network.exchange(
                kind, size: 8, stride: 1, tokens: 64, dispatchRowBytes: 2_048,
                combineRowBytes: 2_048, mergedOnly: false)
            #expect(use.total == expected?.total)
        }
    }

    @Test("cards take curves of their own first, of relatives for what was not measured, or none")
    func sources() throws {
        func libraries(_ name: String, domain: Int = 8) throws -> [ExpertExchangeLibrary] {
            NetworkTable(try group(name, domain: domain)).libraries
        }
        let h100 = try libraries("h100-sxm-80gb")
        #expect(h100.map(\.name) == ["deepep-normal", "deepep-ll"])
        // Over eight nodes the low-latency kernels only: DeepEP's authors dispute the others there.
        #expect(h100[0].far.map(\.placeCount) == [2, 4])
        #expect(h100[1].far.map(\.placeCount) == [2, 4, 8])
        let b200 = try libraries("b200-sxm-180gb")
        #expect(b200.first?.near.first?.dispatch.acceleratorID == "b200-sxm-180gb")
        #expect(b200.first?.far.first?.dispatch.acceleratorID == "h100-sxm-80gb")
        let rack = try libraries("gb300-nvl72", domain: 72)
        #expect(rack.map(\.name) == ["trtllm-nvlink-alltoall"])
        #expect(rack.first?.near.map(\.placeCount) == [2, 4, 8, 16, 32, 64])
        #expect(try libraries("a100-sxm-80gb").isEmpty)
        #expect(try libraries("ascend-910b2").isEmpty)
    }

    @Test("64 ranks of H800 take what DeepEP's authors publish: 51 and 50 GB/s between nodes")
    func published() throws {
        // 4,096 tokens of 7,168, 8 of 256 experts in 4 of 8 nodes; to other nodes 3.5 copies.
        let network = NetworkTable(try group("h800-sxm-80gb"))
        let row = 7_168.0
        let narrow = row * 1.03125
        let found = network.exchange(
            kind(groupLimit: 4), size: 64, stride: 1, tokens: 4_096, dispatchRowBytes: narrow,
            combineRowBytes: 2 * row, mergedOnly: true)
        let use = try #require(found)
        let copies = 4_096 * 3.5
        let there = copies * narrow / use.dispatch.value
        let back = copies * 2 * row / use.combine.value
        #expect(abs(there / 51e9 - 1) < 0.2)
        #expect(abs(back / 50e9 - 1) < 0.2)
    }

    @Test("an inherited exchange widens the uncertainty by its share, as independent errors add")
    func uncertainty() {
        var use = ExpertExchangeUse(
            library: "deepep-normal", placeCount: 8, isBetweenNodes: true, measuredOn: "h100",
            isInherited: false, dispatch: Seconds(1e-4), combine: Seconds(2e-4),
            relativeUncertainty: 0.4)
        #expect(use.widened(0.3, share: 0.5) == 0.3)
        use.isInherited = true
        #expect(isClose(use.widened(0.3, share: 1), 0.5, 1e-12))
        #expect(isClose(use.widened(0.15, share: 0.5), 0.25, 1e-12))
    }

    @Test("DeepEP's measured exchanges over 1, 2 and 4 nodes of H100 are reproduced")
    func measured() throws {
        guard let rows = SharedTable.rows("measured/operators/moe_a2a.csv") else { return }
        let network = NetworkTable(try group("h100-sxm-80gb"))
        var least: [[Double]: Double] = [:]
        for row in rows
        where row["system"] == "h100_sxm" && row["comm_backend"] == "deepep_normal"
            && row["phase"] == "dispatch" && row["node_num"] != "8"
        {
            guard let ranks = row.number("ep_size"), let tokens = row.number("num_tokens"),
                let hidden = row.number("hidden_size"), let active = row.number("topk"),
                let experts = row.number("num_experts"), let micro = row.number("latency_us")
            else { continue }
            let key = [ranks, tokens, hidden, active, experts]
            least[key] = min(micro * 1e-6, least[key] ?? .infinity)
        }
        var errors: [Double] = []
        for (key, seconds) in least {
            var kind = tangram_expert_kind()
            kind.expert_count = key[4]
            kind.active_expert_count = key[3]
            // One byte an element and a scale of four for 128.
            let row = key[2] * (1 + 4.0 / 128)
            let found = network.exchange(
                kind, size: Int(key[0]), stride: 1, tokens: key[1], dispatchRowBytes: row,
                combineRowBytes: row, mergedOnly: true)
            let use = try #require(found)
            errors.append(abs(use.dispatch.value / seconds - 1))
        }
        errors.sort()
        try #require(errors.count > 200)
        #expect(errors[errors.count / 2] < 0.08)
        #expect(errors[errors.count * 9 / 10] < 0.25)
    }
}
