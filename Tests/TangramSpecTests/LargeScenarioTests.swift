import Foundation
import TangramDocument
import TangramSpec
import Testing

@Suite("Large bad scenarios")
struct LargeScenarioTests {
    private static let pool =
        "{id: p, accelerator: h100, nodes: 4, per-node: 8, scale-out: ib-ndr400}"
    private static let job =
        "{id: a, serve: {model: qwen3-8b, demand: 1 req/s, prompt: 9, output: 9}}"

    private static func scenario(pools: String = pool, jobs: String = job, more: String = "")
        -> String
    {
        "tangram: 1\ncluster: {pools: [\(pools)]}\njobs: [\(jobs)]\n\(more)\n"
    }

    private static func list(_ count: Int, _ item: (Int) -> String) -> String {
        (0..<count).map(item).joined(separator: ",\n  ")
    }

    /// Every way in which many mistakes might cost more than their own number.
    enum Case: String, CaseIterable {
        case unknownKeys, samePools, wrongModels, wrongJobNames, opposedRules, manyPoolsAndRules
        case manyConstraints, manyLinks, wrongAccelerators

        var text: String {
            switch self {
            case .unknownKeys:
                return scenario(more: (0..<30_000).map { "jbs\($0): 1" }.joined(separator: "\n"))
            case .samePools:
                return scenario(pools: list(8_000) { _ in pool })
            case .wrongModels:
                return scenario(
                    jobs: list(8_000) {
                        "{id: j\($0), serve: {model: qwen3-9b\($0), demand: 1 req/s, prompt: 9, output: 9}}"
                    })
            case .wrongJobNames:
                return scenario(
                    jobs: list(5_000) {
                        "{id: j\($0), serve: {model: qwen3-8b, demand: 1 req/s, prompt: 9, output: 9}}"
                    },
                    more: "policy: [{forbid: {pool: p}, for: {job: ["
                        + list(5_000) { "k\($0)" } + "]}}]")
            case .opposedRules:
                return scenario(
                    jobs: list(5_000) {
                        "{id: j\($0), serve: {model: qwen3-8b, demand: 1 req/s, prompt: 9, output: 9}}"
                    },
                    more: "policy: ["
                        + list(5_000) {
                            $0 % 2 == 0
                                ? "{require: {pool: p}, for: {job: j1}}"
                                : "{forbid: {pool: p}, for: {job: j2}}"
                        } + "]\nbad: 1")
            case .manyPoolsAndRules:
                return scenario(
                    pools: list(3_000) {
                        "{id: p\($0), accelerator: h100, nodes: 4, per-node: 8, scale-out: ib-ndr400}"
                    },
                    jobs: list(3_000) {
                        "{id: j\($0), serve: {model: qwen3-8b, demand: 1 req/s, prompt: 9, output: 9}}"
                    },
                    more: "policy: [" + list(3_000) { "{forbid: {pool: p\($0)}}" } + "]\nbad: 1")
            case .manyConstraints:
                return scenario(
                    jobs: "{id: a, constraints: ["
                        + list(8_000) {
                            $0 % 2 == 0 ? "{forbid: {pool: p}}" : "{require: {pool: p}}"
                        }
                        + "], serve: {model: qwen3-8b, demand: 1 req/s, prompt: 9, output: 9}}")
            case .manyLinks:
                return scenario(
                    more: "catalog: {links: [" + list(8_000) { "{id: l\($0)}" } + "]}")
            case .wrongAccelerators:
                return scenario(
                    pools: list(8_000) {
                        "{id: p\($0), accelerator: h10\($0), nodes: 4, per-node: 8, scale-out: ib-ndr\($0)}"
                    })
            }
        }
    }

    @Test(
        "many mistakes are reported in a moment", .timeLimit(.minutes(2)), arguments: Case.allCases)
    func manyMistakes(input: Case) {
        let text = input.text
        let error = #expect(throws: DiagnosticList.self) {
            try ScenarioFile.parse(text, path: "large.yaml")
        }
        #expect((error?.diagnostics.count ?? 0) <= 1_002)
    }
}
