import TangramHardware
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Collectives")
struct CollectiveTests {
    private func seconds(
        _ group: DeviceGroup, _ collective: Collective, _ bytes: Double, _ size: Int,
        stride: Int = 1
    ) -> Double {
        CollectiveModel(group).time(
            collective, bytes: bytes, ranks: RankGroup(size: size, stride: stride)
        ).value
    }

    @Test("two ranks move half the bytes twice: 2·(1/2)·1 GB at 100 GB/s and two hops of 10 µs")
    func ringOfTwo() {
        #expect(isClose(seconds(roundGroup(), .allReduce, 1e9, 2), 0.01 + 20e-6))
    }

    @Test("four ranks gather three quarters: 0.75·1 GB at 100 GB/s and log2(4) hops of 10 µs")
    func gather() {
        for collective in [Collective.allGather, .reduceScatter, .allToAll] {
            #expect(isClose(seconds(roundGroup(), collective, 1e9, 4), 0.0075 + 20e-6))
        }
    }

    @Test("16 ranks on two nodes scatter inside, reduce across, gather inside")
    func hierarchy() {
        // Scatter and gather 8 GB over 8: 7/8·8e9/100e9 + 3·10 µs each; across two nodes 1 GB each:
        // 2·(1/2)·1e9/10e9 + 2·5 µs.
        let expected = 2 * (0.07 + 30e-6) + 0.1 + 10e-6
        #expect(isClose(seconds(roundGroup(), .allReduce, 8e9, 16), expected))
        #expect(isClose(seconds(roundGroup(), .allGather, 8e9, 16), 0.07 + 30e-6 + 0.05 + 5e-6))
    }

    @Test("ranks eight apart never share a node")
    func strided() {
        #expect(isClose(seconds(roundGroup(), .allReduce, 1e9, 2, stride: 8), 0.1 + 10e-6))
    }

    @Test("in an all-to-all over two nodes the far half crosses the NIC, the near half does not")
    func farShare() {
        // Of 1.6 GB for 16 ranks, 0.8 GB are for the other node: 0.8e9/10e9 + 5 µs.
        let model = CollectiveModel(roundGroup())
        let ranks = RankGroup(size: 16)
        #expect(isClose(model.seconds(.allToAll, bytes: 1.6e9, ranks: ranks), 0.08 + 5e-6))
        let merged = model.seconds(.allToAll, bytes: 1.6e9, ranks: ranks, farShare: 0.25)
        #expect(isClose(merged, 0.02 + 5e-6))
        // All copies pass the inner link when they were merged: 7/8·1.6e9/100e9 + 3·10 µs.
        let inner = model.seconds(.allToAll, bytes: 1.6e9, ranks: ranks, farShare: 1e-6)
        #expect(isClose(inner, 0.014 + 30e-6))
    }

    @Test("node-limited routing sends one copy to each of at most four nodes")
    func nodeLimit() throws {
        let shape = ModelShape(try model("deepseek-v3"), includesPrediction: false)
        let block = try #require(shape.layers.last?.feedForward)
        // 8 experts a token in 4 of 8 groups; two nodes take two copies, eight take four.
        #expect(block.farShare(nodeCount: 1) == 1 / 8.0)
        #expect(block.farShare(nodeCount: 2) == 2 / 8.0)
        #expect(block.farShare(nodeCount: 8) == 4 / 8.0)
        #expect(block.farShare(nodeCount: 32) == 1)
        let mixtral = ModelShape(try model("mixtral-8x7b"), includesPrediction: false)
        #expect(mixtral.layers[0].feedForward.farShare(nodeCount: 2) == 1)
    }

    @Test("nothing to send or nobody to send to takes no time")
    func nothing() {
        for collective in Collective.allCases {
            #expect(seconds(roundGroup(), collective, 0, 8) == 0)
            #expect(seconds(roundGroup(), collective, 1e9, 1) == 0)
        }
        #expect(CollectiveModel(roundGroup()).sendTime(bytes: 0, distance: 1) == .zero)
    }

    @Test("on an infinite link only latency is left")
    func infiniteBandwidth() {
        let group = roundGroup(inside: 1e30, outside: 1e30)
        #expect(isClose(seconds(group, .allReduce, 1e12, 8), 60e-6))
        #expect(isClose(seconds(group, .allReduce, 1e12, 16), 70e-6))
    }

    @Test("a pair of 910B uses one wire of 28 GB/s, eight use seven")
    func mesh() throws {
        let group = try group("910b3")
        let pair = seconds(group, .allReduce, 28e9, 2)
        // One wire at 70 %: 28e9/(0.7·28e9), and two hops of 10 µs.
        #expect(isClose(pair, 1 / 0.7 + 20e-6))
        // Seven wires: 2·(7/8)·28e9/(0.7·196e9) and six hops.
        #expect(isClose(seconds(group, .allReduce, 28e9, 8), 0.25 / 0.7 + 60e-6))
        let send = CollectiveModel(group).sendTime(bytes: 28e9, distance: 1).value
        #expect(isClose(send, 1 / 0.7 + 10e-6))
    }

    @Test("half the NICs or twofold oversubscription halve the fabric, and leave the node alone")
    func fabric() throws {
        let full = try group("h100")
        #expect(full.fabricBandwidth == Bandwidth(50e9))
        for less in [try group("h100", nics: 4), try group("h100", oversubscription: 2)] {
            #expect(less.fabricBandwidth == Bandwidth(25e9))
            #expect(seconds(less, .allReduce, 1e9, 8) == seconds(full, .allReduce, 1e9, 8))
            #expect(seconds(less, .allReduce, 1e9, 16) > seconds(full, .allReduce, 1e9, 16))
        }
    }

    @Test("below one leaf nothing is oversubscribed; loose cards change rails above it")
    func leaves() {
        func fabric(_ leaf: Int?, rails: Int = 8, domain: Int = 8) -> DeviceGroup {
            var group = roundGroup(insideLatency: 0, outsideLatency: 0)
            group.scaleOut.oversubscription = 2
            group.scaleOut.nodesPerLeaf = leaf
            group.scaleOut.railCount = rails
            group.scaleUp.size = domain
            return group
        }
        // Four ranks of one place in each node: 3/4 of 8 GB at 10 GB/s below the leaf, at half of it
        // beyond.
        func time(_ group: DeviceGroup, _ collective: Collective) -> Double {
            seconds(group, collective, 8e9, 4, stride: 8)
        }
        #expect(isClose(time(fabric(4), .allGather), 0.6))
        #expect(isClose(time(fabric(3), .allGather), 1.2))
        #expect(isClose(time(fabric(nil), .allGather), 1.2))
        #expect(isClose(time(fabric(4), .allToAll), 0.6))
        // Seven of eight bytes change rails.
        let changing = 1.2 * (0.5 / 8 + 7.0 / 8)
        #expect(isClose(time(fabric(4, domain: 1), .allToAll), changing))
        #expect(isClose(time(fabric(4, rails: 1, domain: 1), .allToAll), 0.6))
    }

    @Test("72 ranks of an NVL72 never meet the fabric, although a node has four")
    func rack() throws {
        let fast = try group("gb200-nvl72", perNode: 4, domain: 72)
        let slow = try group("gb200-nvl72", perNode: 4, domain: 72, fabric: "tcp-25g")
        #expect(seconds(fast, .allToAll, 1e9, 72) == seconds(slow, .allToAll, 1e9, 72))
        #expect(seconds(fast, .allToAll, 1e9, 144) < seconds(slow, .allToAll, 1e9, 144))
    }

    @Test("bridged pairs use the bridge, four cards of two pairs the PCIe path")
    func bridges() throws {
        let bridged = try group("h100-pcie", domain: 2)
        let loose = try group("h100-pcie", domain: 1, link: "pcie5-p2p-root")
        #expect(seconds(bridged, .allReduce, 1e9, 2) < seconds(loose, .allReduce, 1e9, 2) / 3)
        #expect(seconds(bridged, .allReduce, 1e9, 4) == seconds(loose, .allReduce, 1e9, 4))
    }

    @Test("more bytes never take less time, more bandwidth never more")
    func monotone() throws {
        let groups = try ["h100", "910b3", "l40s", "gb200-nvl72"].map { try group($0) }
        for group in groups + [roundGroup(), roundGroup(perPeer: 14e9)] {
            for collective in Collective.allCases {
                for size in [2, 3, 4, 8, 12, 16, 64] {
                    let small = seconds(group, collective, 1e6, size)
                    let large = seconds(group, collective, 2e6, size)
                    #expect(small < large)
                    var faster = group
                    faster.scaleUp.bandwidth = group.scaleUp.bandwidth * 2
                    faster.scaleOut.nicBandwidth = group.scaleOut.nicBandwidth * 2
                    #expect(seconds(faster, collective, 2e6, size) <= large)
                }
            }
        }
    }
}
