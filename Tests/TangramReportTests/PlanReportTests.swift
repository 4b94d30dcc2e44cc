import Foundation
import TangramCost
import TangramHardware
import TangramModels
import TangramPlacement
import TangramUnits
import Testing

@testable import TangramReport

@Suite("Reports of plans")
struct PlanReportTests {
    private func planned(_ scenario: Scenario) throws -> (plan: Plan, text: String) {
        let plan = try Planner().plan(scenario)
        return (plan, PlanReport(plan, scenario: scenario).text())
    }

    /// The lines of the table under a heading, without it.
    private func table(_ title: String, _ text: String) -> [String] {
        let lines = text.components(separatedBy: "\n")
        guard let start = lines.firstIndex(where: { $0.hasPrefix(title) }) else { return [] }
        return Array(lines[(start + 1)...].prefix { $0.hasPrefix("  ") })
    }

    @Test("rows of a table start their columns in the same place, whatever is in them")
    func aligned() throws {
        let scenario = try PictureFixture.scenario(trainID: "長い名前-é-train")
        let text = try planned(scenario).text
        let rows = table("Training", text)
        #expect(rows.count == 2)
        func column(_ row: String, _ word: String) -> Int? {
            row.range(of: word).map { String(row[..<$0.lowerBound]).columnWidth }
        }
        #expect(column(rows[0], "model") == column(rows[1], "qwen3-8b"))
        #expect(column(rows[0], "pool") == column(rows[1], "pool-0"))
        #expect(!text.contains("\u{1B}"))
        #expect(!text.contains("nan") && !text.contains("inf"))
    }

    @Test("what is used by pools sums to the line of all, in the report as in the plan")
    func sums() throws {
        let scenario = try PictureFixture.scenario(poolCount: 3)
        let (plan, text) = try planned(scenario)
        let all = try #require(table("Pools", text).first { $0.hasPrefix("  all") })
        let used = plan.jobs.reduce(0) { $0 + $1.acceleratorCount }
        #expect(all.split(separator: " ").contains("\(used)"))
    }

    @Test("an idle pool is said to be idle, with what keeps jobs off")
    func idle() throws {
        var scenario = try PictureFixture.scenario(poolCount: 2)
        scenario.policy = [PolicyRule(effect: .forbid, pools: PoolSelector(pools: ["pool-1"]))]
        let text = try planned(scenario).text
        #expect(text.contains("idle: pool-1; 2 jobs are kept off by policy"))
        #expect(!text.contains("idle: pool-0"))
    }

    @Test("power that nobody states is unknown, not zero")
    func unknownPower() throws {
        var scenario = try PictureFixture.scenario()
        scenario.cluster.pools[0].accelerator.power = nil
        let (plan, text) = try planned(scenario)
        #expect(!table("Pools", text).contains { $0.contains(" 0 W") })
        #expect(text.contains("without h100-sxm-80gb, whose limit is not known"))
        #expect(plan.notes.contains { $0.contains("the power of h100-sxm-80gb is not known") })
    }

    @Test("jobs that do not fit are listed with a reason; explain says by how much and where")
    func unplaced() throws {
        var scenario = try PictureFixture.scenario(nodeCount: 1)
        let large = try #require(try ModelCatalogue.builtIn().model("llama-3.1-405b"))
        scenario.jobs[0].work = .train(
            TrainingDemand(model: large, sequenceLength: 4_096, globalBatchSize: 64))
        let (plan, text) = try planned(scenario)
        #expect(text.contains("1 of 2 jobs placed"))
        let row = try #require(table("Not placed", text).last)
        #expect(row.contains("tune") && row.contains("llama-3.1-405b"))
        let explained = try #require(ExplainReport(plan, scenario: scenario, jobID: "tune")).text()
        #expect(explained.contains("not placed"))
        #expect(explained.contains("Closest miss") && explained.contains("GiB"))
        #expect(explained.contains("ruled out by") && explained.contains("memory"))
        #expect(ExplainReport(plan, scenario: scenario, jobID: "nobody") == nil)
    }

    @Test("parts of times and memory sum to the totals that explain prints")
    func breakdowns() throws {
        let scenario = try PictureFixture.scenario()
        let plan = try Planner().plan(scenario)
        for job in plan.jobs {
            for placement in job.placements {
                switch placement.work {
                case .train(let training):
                    let estimate = training.estimate
                    let sum = estimate.breakdown.reduce(0) { $0 + $1.time.value }
                    #expect(abs(sum - estimate.stepTime.value) <= 1e-6 * sum)
                    #expect(estimate.modelFLOPUtilisation > 0 && estimate.modelFLOPUtilisation < 1)
                case .serve(let serving):
                    let estimate = serving.estimate
                    let first = estimate.prefillBreakdown.reduce(0) { $0 + $1.time.value }
                    let each = estimate.decodeBreakdown.reduce(0) { $0 + $1.time.value }
                    #expect(abs(first - estimate.timeToFirstToken.value) <= 1e-6 * first)
                    #expect(abs(each - estimate.timePerOutputToken.value) <= 1e-6 * each)
                    let parts = estimate.memory.parts.reduce(0) { $0 + $1.bytes.value }
                    #expect(abs(parts - estimate.memory.total.value) <= 1e-6 * parts)
                case .table: Issue.record("nothing here comes from a table")
                }
            }
            let text = try #require(
                ExplainReport(plan, scenario: scenario, jobID: job.jobID)
            ).text()
            #expect(text.contains("sum") && !text.contains("not attributed"))
        }
    }

    @Test("the sentence of the proof agrees in number")
    func proof() throws {
        var scenario = try PictureFixture.scenario(nodeCount: 1)
        scenario.jobs = [scenario.jobs[0]]
        scenario.jobs[0].minimumAccelerators = 8
        let (plan, text) = try planned(scenario)
        #expect(plan.proof.optionCount == 1)
        #expect(text.contains("among the 1 option that was costed"))
    }
}

@Suite("Text and JSON")
struct TextAndJSONTests {
    @Test(
        "JSON text reads back as what was written",
        arguments: [
            "", "plain", "\"quoted\" \\ back", "line\nbreak\ttab\rreturn", "\u{0}\u{1F}\u{7F}",
            "中文 🧩 é", "\u{2028}\u{FFFE}", "</script>",
        ])
    func strings(text: String) throws {
        let value = JSONValue.members(["key": .string(text), "list": .array([.string(text)])])
        let object = try JSONSerialization.jsonObject(with: Data(value.text.utf8))
        let members = try #require(object as? [String: Any])
        #expect(members["key"] as? String == text)
        #expect(members["list"] as? [String] == [text])
    }

    @Test(
        "JSON numbers read back as the same bits",
        arguments: [
            0, -0.5, 0.1, 1e-300, 5e-324, 1.797_693_134_862_315_7e308, 1e15, 999_999_999_999_999,
            123_456.789, 1e21, -3,
        ])
    func numbers(number: Double) throws {
        let text = JSONValue.array([.number(number)]).text
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        #expect((object as? [Double]) == [number])
    }

    @Test("a number that is none is null in JSON", arguments: [Double.nan, .infinity, -.infinity])
    func noNumbers(number: Double) {
        #expect(JSONValue.array([.number(number)]).text == "[null]\n")
    }

    @Test("figures at the edges of their ranges")
    func figures() {
        #expect(Figures.percent(0) == "0.0 %")
        #expect(Figures.percent(1) == "100.0 %")
        #expect(Figures.money(0) == "0.00")
        #expect(Figures.money(999.999) == "1000.00")
        #expect(Figures.money(1_234_567) == "1,234,567")
        #expect(Figures.count(Int(1e9)) == "1,000,000,000")
        #expect(Figures.rate(99.95) == "100")
        #expect(Figures.counted(1, "entry", "entries") == "1 entry")
        #expect(Figures.counted(0, "entry", "entries") == "0 entries")
        #expect(Figures.bar(.nan) == "" && Figures.bar(-1) == "" && Figures.bar(0) == "")
        #expect(Figures.bar(1e300, width: 3) == "███")
        #expect(Figures.bar(1e-9, width: 3) == "▏")
        #expect(Figures.list(["a", "b", "c", "d", "e", "f"]) == "a, b, c, d and 2 more")
    }

    @Test("numbers do not change size when they are rounded for people")
    func formatted() {
        var random = LinearCongruential(seed: 4)
        for _ in 0..<2_000 {
            let value = Double.random(in: -9...14, using: &random)
            let number = (value < 0 ? -1 : 1) * pow(10, value)
            let text = formatNumber(number, digits: 4).replacing(",", with: "")
            let read = Double(text) ?? .nan
            #expect(abs(read - number) <= 1e-3 * abs(number), "\(number) as \(text)")
        }
    }

    @Test("control characters in names do not reach the terminal, and wide ones are counted")
    func printable() {
        var table = TextTable([.text("a"), .number("b")])
        table.add([.init("x\u{1B}[31m\ny"), "1"])
        table.add(["界界", "20"])
        let lines = table.lines()
        #expect(!lines.joined().contains("\u{1B}"))
        #expect(Set(lines.map(\.columnWidth)).count == 1)
    }
}

/// Numbers that are the same everywhere.
private struct LinearCongruential: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    }
}
