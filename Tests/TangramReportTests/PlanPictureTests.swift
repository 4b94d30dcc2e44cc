import TangramHardware
import TangramPlacement
import TangramUnits
import Testing

@testable import TangramReport

@Suite struct PlanPictureTests {
    @Test("there is a square per training accelerator, a disc per serving one, an outline per idle")
    func marks() throws {
        let scenario = try PictureFixture.scenario(nodeCount: 4)
        let plan = try PictureFixture.plan(
            scenario,
            [
                "tune": [("pool-0", [.init(node: 0, accelerators: 0...7)])],
                "chat": [
                    (
                        "pool-0",
                        [.init(node: 1, accelerators: 0...2), .init(node: 3, accelerators: 6...7)]
                    )
                ],
            ])
        let picture = DrawnPicture(PlanPicture(plan, scenario: scenario).svg)
        #expect(picture.isWellFormed)
        #expect(picture.markCount("q") == 8)
        #expect(picture.markCount("o") == 5)
        let idle = picture.paths.filter { $0.classes == ["e"] }
        #expect(idle.reduce(0) { $0 + $1.data.filter { $0 == "M" }.count } == 4 * 8 - 13)
        #expect(picture.paths.contains { $0.title == "tune: node 0" })
        #expect(picture.texts.contains("tune 8") && picture.texts.contains("chat 5"))
    }

    @Test("a domain of two nodes has one ground, loose cards have none")
    func grounds() throws {
        var scenario = try PictureFixture.scenario(nodeCount: 4)
        let plan = try Planner().plan(scenario)
        func groundCount() -> Int {
            DrawnPicture(PlanPicture(plan, scenario: scenario).svg).paths
                .filter { $0.classes == ["g"] }
                .reduce(0) { $0 + $1.data.filter { $0 == "M" }.count }
        }
        #expect(groundCount() == 4)
        scenario.cluster.pools[0].scaleUp.size = 16
        #expect(groundCount() == 2)
        scenario.cluster.pools[0].scaleUp.size = 4
        #expect(groundCount() == 8)
        scenario.cluster.pools[0].scaleUp.size = 1
        #expect(groundCount() == 0)
    }

    @Test("nodes that are out are crossed, derated ones have a bar with the reason")
    func health() throws {
        let scenario = try PictureFixture.scenario(
            nodeCount: 8,
            health: [
                NodeHealth(nodes: 5...6, speed: 0.5, reason: "hot <& loud>"),
                NodeHealth(nodes: 7...7, speed: 0),
            ])
        let plan = try Planner().plan(scenario)
        let picture = DrawnPicture(PlanPicture(plan, scenario: scenario).svg)
        let bars = picture.paths.filter { $0.classes == ["w"] }
        #expect(bars.map(\.title) == ["speed 50.0 %, hot <& loud>"])
        #expect(bars.first?.data.filter { $0 == "M" }.count == 2)
        #expect(picture.paths.filter { $0.classes == ["x"] }.map(\.title) == ["out"])
    }

    @Test("names cannot add markup, nor characters that XML forbids")
    func escaping() throws {
        let name = "a<script>alert('1')</script>&\"\u{1B}\u{0}\u{FFFE}"
        let scenario = try PictureFixture.scenario(name: name, trainID: name)
        let plan = try Planner().plan(scenario)
        let svg = PlanPicture(plan, scenario: scenario).svg
        #expect(DrawnPicture(svg).isWellFormed)
        #expect(!svg.contains("<script"))
        #expect(svg.contains("&lt;script&gt;"))
    }

    @Test("assignments outside of their pool are left out")
    func strayAssignments() throws {
        let scenario = try PictureFixture.scenario(nodeCount: 2)
        let plan = try PictureFixture.plan(
            scenario,
            [
                "tune": [
                    ("pool-0", [.init(node: 1, accelerators: 6...90)]),
                    ("pool-0", [.init(node: -3, accelerators: 0...7)]),
                    ("nowhere", [.init(node: 0, accelerators: 0...7)]),
                ],
                "chat": [("pool-0", [.init(node: 40, accelerators: 0...7)])],
            ])
        let picture = DrawnPicture(PlanPicture(plan, scenario: scenario).svg)
        #expect(picture.isWellFormed)
        #expect(picture.markCount("q") == 2)
        #expect(picture.markCount("o") == 0)
    }

    @Test("100,000 accelerators are drawn in boxes of nodes, in less than 200 kB")
    func large() throws {
        let scenario = try PictureFixture.scenario(poolCount: 8, nodeCount: 1_563)
        let plan = try PictureFixture.plan(
            scenario,
            [
                "tune": (0..<8).map { pool in
                    (
                        "pool-\(pool)",
                        (0..<1_563).map { NodeAssignment(node: $0, accelerators: 0...3) }
                    )
                },
                "chat": [("pool-3", [.init(node: 1_562, accelerators: 4...7)])],
            ])
        let svg = PlanPicture(plan, scenario: scenario).svg
        let picture = DrawnPicture(svg)
        #expect(picture.isWellFormed)
        #expect(svg.utf8.count < 200_000)
        #expect(picture.texts.contains { $0.contains("A box is 16 nodes") })
        // 98 boxes a pool, each half full: training fills 7 of 14 units.
        let grounds = picture.paths.filter { $0.classes == ["g"] }
        #expect(grounds.count == 8)
        #expect(grounds.allSatisfy { $0.data.filter { $0 == "M" }.count == 98 })
        let filled = picture.paths.filter { $0.title.isEmpty && $0.classes.contains("q") }
        #expect(filled.first?.data.hasPrefix("M0 7h14v7h-14z") == true)
    }

    @Test(
        "runs of nodes are powers of two and make at most about 1,200 boxes",
        arguments: [(0, 1), (1_200, 1), (1_201, 2), (12_500, 16), (10_000_000, 16_384)])
    func runLength(nodeCount: Int, expected: Int) throws {
        var scenario = try PictureFixture.scenario()
        scenario.cluster.pools[0].nodeCount = nodeCount
        let pool = PoolOccupancy(pool: scenario.cluster.pools[0], perNode: 8, tenants: [])
        #expect(NodeRunGrid.runLength([pool]) == expected)
    }

    @Test("more jobs than colours are coloured by what they do and with which model")
    func manyJobs() throws {
        var scenario = try PictureFixture.scenario(nodeCount: 2)
        var plan = try Planner().plan(scenario)
        let chat = try #require(scenario.jobs.last)
        let chatPlan = try #require(plan.jobs.last)
        for index in 0..<20 {
            var (job, jobPlan) = (chat, chatPlan)
            job.id = "chat-\(index)"
            jobPlan.jobID = job.id
            scenario.jobs.append(job)
            plan.jobs.append(jobPlan)
        }
        let picture = DrawnPicture(PlanPicture(plan, scenario: scenario).svg)
        #expect(picture.isWellFormed)
        #expect(picture.texts.contains("21 jobs"))
        #expect(picture.texts.contains { $0.contains("A colour is all jobs of a kind") })
    }

    @Test("text is cut to a width, with an ellipsis")
    func cutting() {
        #expect(SVGText.cut("short", to: 100, size: 12) == "short")
        let cut = SVGText.cut(String(repeating: "界", count: 40), to: 100, size: 12)
        #expect(cut.hasSuffix("…"))
        #expect(SVGText.width(cut, size: 12) <= 100)
    }
}
