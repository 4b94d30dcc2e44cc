import Foundation
import TangramDocument
import TangramHardware
import TangramPlacement
import TangramSpec
import TangramUnits
import Testing

/// Where the files of this repository are, seen from this source file.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The YAML files of a folder, by name.
    static func specs(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent(folder).path)
        return (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
    }

    static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }
}

@Suite("ClusterSpecs")
struct ClusterSpecTests {
    @Test("every file loads without a warning", arguments: Repository.specs(in: "ClusterSpecs"))
    func loads(name: String) throws {
        let file = try ScenarioFile.load(path: Repository.path("ClusterSpecs/\(name)"))
        #expect(file.warnings.isEmpty)
        #expect(!file.scenario.jobs.isEmpty)
    }

    @Test("every file says what it shows", arguments: Repository.specs(in: "ClusterSpecs"))
    func comments(name: String) throws {
        let text = try String(
            contentsOfFile: Repository.path("ClusterSpecs/\(name)"), encoding: .utf8)
        #expect(text.hasPrefix("# yaml-language-server: $schema=tangram.schema.json\n"))
        #expect(text.prefix(200).contains("# What it shows: "))
    }

    @Test("there are the twelve scenarios that the documentation names")
    func names() throws {
        let names = Repository.specs(in: "ClusterSpecs")
        #expect(names.count == 12)
        let text = try String(
            contentsOfFile: Repository.path("docs/cluster-specs.md"), encoding: .utf8)
        for name in names { #expect(text.contains("`\(name)`")) }
    }

    @Test("hyperscale has 100,000 accelerators of 8 kinds and 10,000 jobs")
    func hyperscale() throws {
        let file = try ScenarioFile.load(path: Repository.path("ClusterSpecs/hyperscale.yaml"))
        #expect(file.scenario.cluster.acceleratorCount == 100_000)
        #expect(Set(file.scenario.cluster.pools.map(\.accelerator.id)).count == 8)
        #expect(file.scenario.jobs.count == 10_000)
    }

    @Test("the mixed fleet is read as written")
    func mixedFleet() throws {
        let scenario = try ScenarioFile.load(
            path: Repository.path("ClusterSpecs/mixed-fleet.yaml")
        ).scenario
        let pools = Dictionary(uniqueKeysWithValues: scenario.cluster.pools.map { ($0.id, $0) })
        let h100 = try #require(pools["h100"])
        #expect(h100.scaleUp.link.id == "nvlink4-nvswitch")
        #expect(h100.scaleUp.size == 8)
        #expect(h100.scaleUp.nodeLink.id == "pcie5-p2p-switch")
        #expect(h100.health.map(\.nodes) == [30...31])
        #expect(h100.health.first?.speed == 0.92)
        #expect(h100.price?.value == 2.2)
        let loose = try #require(pools["blackwell-loose"])
        #expect(loose.scaleUp.isLoose)
        #expect(loose.scaleOut.oversubscription == 2)
        #expect(pools["ascend-910c"]?.scaleUp.size == 192)
        #expect(scenario.jobs.count == 11)
        guard case .train(let demand) = scenario.jobs[0].work else {
            Issue.record("the first job trains")
            return
        }
        #expect(demand.format == .fp8)
        #expect(demand.dispatchFormat == .fp8)
        #expect(demand.tokens?.value == 1.2e12)
        #expect(demand.deadline?.value == 5_184_000)
    }
}
