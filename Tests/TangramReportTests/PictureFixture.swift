import Foundation
import TangramCost
import TangramHardware
import TangramModels
import TangramPlacement
import TangramUnits

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A small plan to draw, and a reader of what was drawn.
enum PictureFixture {
    struct MissingEntry: Error {}

    /// `poolCount` pools of `nodeCount` nodes of eight H100, one training and one serving job.
    static func scenario(
        poolCount: Int = 1, nodeCount: Int = 4, name: String = "fixture",
        trainID: String = "tune", health: [NodeHealth] = []
    ) throws -> Scenario {
        let hardware = try HardwareCatalogue.builtIn()
        let models = try ModelCatalogue.builtIn()
        guard let h100 = hardware.accelerator("h100-sxm-80gb"),
            let nvlink = hardware.link("nvlink4-nvswitch"),
            let pcie = hardware.link("pcie5-p2p-switch"),
            let infiniband = hardware.link("ib-ndr400"), let qwen = models.model("qwen3-8b")
        else { throw MissingEntry() }
        let pools = (0..<poolCount).map { index in
            Pool(
                id: "pool-\(index)", accelerator: h100, nodeCount: nodeCount,
                acceleratorsPerNode: 8,
                scaleUp: ScaleUpDomain(
                    link: nvlink, bandwidth: .gigabytesPerSecond(450), size: 8, nodeLink: pcie),
                scaleOut: ScaleOutFabric(
                    link: infiniband, nicBandwidth: .gigabytesPerSecond(50), nicsPerNode: 8),
                health: health)
        }
        let serve = ServingDemand(
            model: qwen, requestRate: RequestRate(4), promptTokens: 1_000, outputTokens: 300)
        let train = TrainingDemand(model: qwen, sequenceLength: 4_096, globalBatchSize: 128)
        return Scenario(
            name: name, cluster: Cluster(name: "hall", pools: pools),
            jobs: [
                Job(id: trainID, work: .train(train)), Job(id: "chat", work: .serve(serve)),
            ])
    }

    /// The plan with its jobs put on nodes of the test's choice.
    static func plan(
        _ scenario: Scenario, _ nodes: [String: [(pool: String, nodes: [NodeAssignment])]]
    ) throws -> Plan {
        var plan = try Planner().plan(scenario)
        for index in plan.jobs.indices {
            guard let template = plan.jobs[index].placements.first,
                let wanted = nodes[plan.jobs[index].jobID]
            else { continue }
            plan.jobs[index].placements = wanted.map { pool, nodes in
                var placement = template
                placement.poolID = pool
                placement.nodes = nodes
                placement.acceleratorCount = nodes.reduce(0) { $0 + $1.accelerators.count }
                return placement
            }
        }
        return plan
    }
}

/// The elements of an SVG file, read by an XML parser that is not ours.
final class DrawnPicture: NSObject, XMLParserDelegate {
    struct Path {
        var classes: [Substring]
        var data: String
        var title = ""
    }

    private(set) var paths: [Path] = []
    private(set) var texts: [String] = []
    private(set) var isWellFormed = false
    private var text = ""

    init(_ svg: String) {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        isWellFormed = parser.parse()
    }

    /// How many squares or discs are drawn in nodes; those of legends are not counted.
    func markCount(_ kind: Substring) -> Int {
        paths.filter { $0.classes.contains(kind) && $0.title.contains(": node") }
            .reduce(0) { $0 + $1.data.filter { $0 == "M" }.count }
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        text = ""
        guard element == "path" else { return }
        paths.append(
            Path(
                classes: (attributes["class"] ?? "").split(separator: " "),
                data: attributes["d"] ?? ""))
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }

    func parser(
        _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        switch element {
        case "text", "tspan": texts.append(text)
        case "title" where !paths.isEmpty: paths[paths.count - 1].title = text
        default: break
        }
    }
}
