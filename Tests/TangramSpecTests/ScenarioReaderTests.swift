import Foundation
import TangramDocument
import TangramHardware
import TangramModels
import TangramPlacement
import TangramSpec
import TangramUnits
import Testing

@Suite("Scenario reader")
struct ScenarioReaderTests {
    private func load(_ text: String, path: String = "s.yaml") throws(DiagnosticList)
        -> ScenarioFile
    {
        try ScenarioFile.parse(text, path: path)
    }

    private func pool(_ keys: String, catalog: String = "") throws -> Pool {
        let text = """
            tangram: 1
            \(catalog)
            cluster: {pools: [{id: p, \(keys)}]}
            jobs: [{id: a, serve: {model: qwen3-8b, demand: 1 req/s, prompt: 1k, output: 100}}]
            """
        let scenario = try load(text).scenario
        return try #require(scenario.cluster.pools.first)
    }

    private func job(_ keys: String) throws -> Job {
        let text = """
            tangram: 1
            cluster: {pools: [{id: p, accelerator: h100, nodes: 4, per-node: 8, scale-out: ib-ndr400}]}
            jobs: [{id: a, \(keys)}]
            """
        return try #require(try load(text).scenario.jobs.first)
    }

    @Test("a pool takes what it does not say from the catalogue")
    func defaults() throws {
        let pool = try pool("accelerator: h100, nodes: 4, per-node: 8, scale-out: ib-ndr400")
        #expect(pool.accelerator.id == "h100-sxm-80gb")
        #expect(pool.scaleUp.link.id == "nvlink4-nvswitch")
        #expect(pool.scaleUp.bandwidth == .gigabytesPerSecond(450))
        #expect(pool.scaleUp.size == 8)
        #expect(pool.scaleOut.nicBandwidth == .gigabytesPerSecond(50))
        #expect(pool.scaleOut.nicsPerNode == 8)
        #expect(pool.scaleOut.railCount == 1)
        #expect(pool.availability == 1)
        #expect(pool.price == pool.accelerator.defaultPrice?.rate)
        #expect(pool.priceSource != nil)
    }

    @Test(
        "loose cards reach each other over PCIe as the host lays it out",
        arguments: [
            ("rtx-pro-6000", "same-switch", "pcie5-p2p-switch"),
            ("rtx-pro-6000", "same-socket", "pcie5-p2p-root"),
            ("rtx-pro-6000", "across-sockets", "pcie5-p2p-xsocket-genoa"),
            ("rtx-pro-6000", "no-p2p", "pcie5-no-p2p"),
            ("l40s", "same-switch", "pcie4-p2p-switch"),
            ("l40s", "across-sockets", "pcie4-p2p-xsocket"),
            ("b300", "same-socket", "pcie6-p2p-root"),
        ])
    func loose(accelerator: String, layout: String, link: String) throws {
        let pool = try pool(
            "accelerator: \(accelerator), nodes: 1, per-node: 8, scale-up: none, "
                + "host: {pcie: \(layout)}")
        #expect(pool.scaleUp.isLoose)
        #expect(pool.scaleUp.link.id == link)
        #expect(pool.scaleUp.nodeLink.id == link)
    }

    @Test("a PCIe card is loose unless a bridge is said to be fitted")
    func bridge() throws {
        let card = "accelerator: h100-pcie, nodes: 1, per-node: 8"
        #expect(try pool(card).scaleUp.isLoose)
        let bridged = try pool(card + ", scale-up: bridge")
        #expect(bridged.scaleUp.size == 2)
        #expect(bridged.scaleUp.link.id == "nvlink-bridge-h100")
    }

    @Test("a domain ends at the node, a rack's does not")
    func domains() throws {
        let four = try pool("accelerator: h100, nodes: 4, per-node: 4, scale-out: ib-ndr400")
        #expect(four.scaleUp.size == 4)
        let rack = try pool("accelerator: gb200, nodes: 36, per-node: 4, scale-out: ib-ndr400")
        #expect(rack.scaleUp.size == 72)
        let part = try pool("accelerator: gb200, nodes: 9, per-node: 4, scale-out: ib-ndr400")
        #expect(part.scaleUp.size == 36)
        let half = try pool(
            "accelerator: h100, nodes: 1, per-node: 8, scale-up: {domain: 4, bandwidth: 200 GB/s}")
        #expect(half.scaleUp.size == 4)
        #expect(half.scaleUp.bandwidth == .gigabytesPerSecond(200))
    }

    @Test("prices are stated, owned, or the catalogue's")
    func prices() throws {
        let card = "accelerator: h100, nodes: 1, per-node: 8"
        #expect(try pool(card + ", price: owned").price == .zero)
        #expect(try pool(card + ", price: 0 USD/h").price == .zero)
        #expect(try pool(card + ", price: 48 USD/d").price == MoneyRate(2))
    }

    @Test("health names one node, a range, or a list")
    func health() throws {
        let pool = try pool(
            "accelerator: h100, nodes: 9, per-node: 8, scale-out: ib-ndr400, "
                + "health: [{nodes: 8, speed: 0 %}, {nodes: [0-2, 5], speed: 0.5, memory: 75 %}]")
        #expect(pool.health.map(\.nodes) == [8...8, 0...2, 5...5])
        #expect(pool.health.map(\.speed) == [0, 0.5, 0.5])
        #expect(pool.health.map(\.memory) == [1, 0.75, 0.75])
    }

    @Test("training reads every key")
    func training() throws {
        let job = try job(
            "weight: 2.5, tenant: lab, accelerators: {min: 8, max: 16}, train: {model: deepseek-v2-lite, "
                + "sequence: 4k, batch: 512, tokens: 1.5 Ttok, precision: fp8, method: {lora: 16}, "
                + "deadline: 2 weeks, all-to-all: fp8}")
        #expect(job.weight == 2.5)
        #expect(job.tenant == "lab")
        #expect(job.minimumAccelerators == 8)
        #expect(job.maximumAccelerators == 16)
        guard case .train(let demand) = job.work else {
            Issue.record("trains")
            return
        }
        #expect(demand.sequenceLength == 4096)
        #expect(demand.globalBatchSize == 512)
        #expect(demand.tokens == Tokens(1.5e12))
        #expect(demand.format == .fp8)
        #expect(demand.method == .lora(rank: 16))
        #expect(demand.deadline == Seconds(14 * 86_400.0))
        #expect(demand.dispatchFormat == .fp8)
    }

    @Test("training reads how sequences are packed, experts loaded, and what is compressed")
    func trainingFeatures() throws {
        let job = try job(
            "train: {model: deepseek-v2-lite, sequence: 4k, batch: 512, documents: 1k, "
                + "experts: {imbalance: 1.4, capacity: 1.25, padded: true}, "
                + "scaling: microscaled, recompute: [norm, moe], combine: logfmt10, gradients: {powersgd: 4}, "
                + "gather: fp8, checkpoint: {every: 30 min, storage: 100 GB/s}}")
        guard case .train(let demand) = job.work else {
            Issue.record("trains")
            return
        }
        #expect(demand.documentTokens == 1_024)
        #expect(demand.expertLoad == ExpertLoad(imbalance: 1.4, capacity: 1.25, isPadded: true))
        #expect(demand.recomputeModules == [.norms, .experts])
        #expect(demand.narrowScaling == .microscaled)
        #expect(
            demand.compression
                == CommunicationCompression(
                    combine: .logfmt10, gradient: .powerSGD(rank: 4), gather: .fp8))
        #expect(demand.checkpoint?.interval == Seconds(1_800))
        #expect(demand.checkpoint?.bandwidth == Bandwidth(1e11))
    }

    @Test("serving reads every key")
    func serving() throws {
        let job = try job(
            "serve: {model: qwen3-30b-a3b, demand: 90 req/min, prompt: 2k, output: 300, "
                + "precision: [fp8, int8], kv: fp8, slo: {ttft: 500 ms, tpot: 40 ms}}")
        guard case .serve(let demand) = job.work else {
            Issue.record("serves")
            return
        }
        #expect(demand.requestRate == RequestRate(1.5))
        #expect(demand.promptTokens == 2048)
        #expect(demand.outputTokens == 300)
        #expect(demand.weightFormats == [.fp8, .int8])
        #expect(demand.keyValueFormat == .fp8)
        #expect(demand.timeToFirstToken == Seconds(0.5))
        #expect(demand.timePerOutputToken == Seconds(0.04))
        #expect(demand.dispatchFormat == .bf16)
    }

    @Test("reinforcement learning reads every key")
    func reinforcement() throws {
        let job = try job(
            "rl: {model: qwen3-32b, algorithm: ppo, prompts: 64, samples: 8, prompt: 512, answer: 2k, "
                + "longest: 8k, batch: 128, epochs: 2, reward: {verifier: 2 s, workers: 32}, "
                + "reference: false, critic: true, rescore: false, schedule: one-step-off-policy, "
                + "steps: 100, deadline: 2 weeks, precision: fp8, method: {lora: 8}, rollout: fp8, "
                + "kv: fp8}")
        guard case .reinforce(let demand) = job.work else {
            Issue.record("learns")
            return
        }
        #expect(job.use == .train && job.kindName == "rl")
        #expect(demand.promptCount == 64 && demand.samplesPerPrompt == 8)
        #expect(demand.promptTokens == 512 && demand.answerTokens == 2_048)
        #expect(demand.longestAnswerTokens == 8_192 && demand.epochCount == 2)
        #expect(demand.learner.globalBatchSize == 128 && demand.learner.format == .fp8)
        #expect(demand.learner.method == .lora(rank: 8))
        #expect(demand.reward == .verifier(time: Seconds(2), workers: 32))
        #expect(demand.hasCritic && !demand.hasReference && !demand.scoresPolicy)
        #expect(demand.schedule == .oneStepOffPolicy)
        #expect(demand.rolloutFormats == [.fp8] && demand.keyValueFormat == .fp8)
        // 100 steps of 512 answers of 2,560 tokens with their prompts.
        #expect(job.training?.tokens == Tokens(100 * 512 * 2_560))
        #expect(job.training?.deadline == Seconds(14 * 86_400.0))
    }

    @Test("GRPO has a reference and no critic, DAPO neither, PPO both; the batch is the step")
    func algorithms() throws {
        for (name, reference, critic) in [
            ("grpo", true, false), ("dapo", false, false), ("ppo", true, true),
        ] {
            let job = try job(
                "rl: {model: qwen3-8b, algorithm: \(name), prompts: 32, samples: 4, prompt: 1k, "
                    + "answer: 1k, reward: {model: llama-3.1-8b}}")
            guard case .reinforce(let demand) = job.work else { continue }
            #expect(demand.hasReference == reference && demand.hasCritic == critic)
            #expect(demand.learner.globalBatchSize == 128 && demand.learner.tokens == nil)
            guard case .model(let model) = demand.reward else {
                Issue.record("a reward model")
                continue
            }
            #expect(model.id == "llama-3.1-8b")
        }
    }

    @Test("rules know accelerators by alias and default to a bonus of 10 %")
    func policy() throws {
        let text = """
            tangram: 1
            cluster: {pools: [{id: p, accelerator: h100, nodes: 1, per-node: 8, labels: x}]}
            jobs: [{id: a, serve: {model: qwen3-8b, demand: 1 req/s, prompt: 10, output: 10}}]
            policy:
              - {prefer: {accelerator: h100, label: [x]}, for: {kind: serve, job: a}}
              - {forbid: {vendor: Huawei}, reason: none here}
            objective: {minimize: cost, budget: 100 USD/h}
            """
        let file = try load(text)
        let rule = try #require(file.scenario.policy.first)
        #expect(rule.effect == .prefer(bonus: 0.1))
        #expect(rule.pools == PoolSelector(accelerators: ["h100-sxm-80gb"], labels: ["x"]))
        #expect(rule.jobs == JobSelector(uses: [.serve], jobs: ["a"]))
        #expect(file.scenario.objective == Objective(goal: .cost, budget: MoneyRate(100)))
        #expect(
            file.warnings.map(\.description) == [
                "s.yaml:6:14: warning: policy[1].forbid: no pool of the cluster matches"
            ])
    }

    @Test("failure domains, places and the cost of moving are read")
    func failureDomains() throws {
        let text = """
            tangram: 1
            cluster:
              pools:
                - id: p
                  accelerator: h100
                  nodes: 8
                  per-node: 8
                  reserve: n-1
                  scale-out: {link: ib-ndr400, leaf: 4}
                  host: {switch: 4}
            jobs:
              - id: a
                serve: {model: qwen3-8b, demand: 1 req/s, prompt: 10, output: 10}
                spread: {within: leaf, most: 34 %}
                placed: {pool: p, nodes: [0, 2-3], accelerators: 0-3}
              - id: b
                serve: {model: qwen3-8b, demand: 1 req/s, prompt: 10, output: 10}
                spread: {within: node}
            policy:
              - {together: {job: [a, b]}, reason: one cache}
              - {apart: {kind: serve}}
              - {forbid: {vendor: Huawei}}
            migration: {downtime: 30 min, over: 10 d}
            """
        let scenario = try load(text).scenario
        let pool = scenario.cluster.pools[0]
        #expect(pool.survivesNodeFailure && pool.reservedNodeCount == 0)
        #expect(pool.scaleOut.nodesPerLeaf == 4 && pool.host.acceleratorsPerSwitch == 4)
        #expect(
            scenario.jobs.map(\.spread) == [
                Spread(domain: .leaf, most: 0.34), Spread(domain: .node, most: 0.5),
            ])
        #expect(
            scenario.jobs[0].placed == [
                CurrentPlacement(
                    poolID: "p",
                    nodes: [0, 2, 3].map { NodeAssignment(node: $0, accelerators: 0...3) })
            ])
        #expect(
            scenario.affinities == [
                AffinityRule(
                    effect: .together, jobs: JobSelector(jobs: ["a", "b"]), domain: .pool,
                    reason: "one cache"),
                AffinityRule(effect: .apart, jobs: JobSelector(uses: [.serve]), domain: .node),
            ])
        #expect(scenario.policy.count == 1)
        #expect(scenario.migration == Migration(downtime: Seconds(1_800), period: .day * 10))
    }

    @Test("an inline catalogue overrides an entry")
    func inlineCatalogue() throws {
        let pool = try pool(
            "accelerator: h100, nodes: 1, per-node: 8",
            catalog: "catalog: {accelerators: [{id: h100, memory-bandwidth: 3 TB/s}]}")
        #expect(pool.accelerator.memoryBandwidth == Bandwidth(3e12))
    }

    @Test("a catalogue file and a model are found from where the scenario is")
    func relativeFiles() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tangram-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ text: String, _ name: String) throws -> String {
            let path = folder.appendingPathComponent(name).path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }
        _ = try write("links: [{id: ib-ndr400, bandwidth: 40 GB/s}]\n", "cards.yaml")
        let model = """
            {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192,
             "num_attention_heads": 32, "num_key_value_heads": 8, "num_hidden_layers": 16,
             "vocab_size": 128256, "max_position_embeddings": 8192, "tie_word_embeddings": true}
            """
        _ = try write(model, "config.json")
        let scenario = """
            tangram: 1
            catalog: cards.yaml
            cluster: {pools: [{id: p, accelerator: h100, nodes: 2, per-node: 8, scale-out: ib-ndr400}]}
            jobs: [{id: a, serve: {model: ./config.json, demand: 1 req/s, prompt: 10, output: 10}}]
            """
        let path = try write(scenario, "s.yaml")
        let file = try ScenarioFile.load(path: path)
        #expect(file.scenario.cluster.pools[0].scaleOut.nicBandwidth == .gigabytesPerSecond(40))
        #expect(file.scenario.jobs[0].model.hiddenSize == 2048)

        let broken = try write("links: [{id: ib-ndr400, bandwidth: 40 GB}]\n", "broken.yaml")
        let error = #expect(throws: DiagnosticList.self) {
            try ScenarioFile.load(path: path, catalogFiles: [broken])
        }
        #expect(error?.diagnostics.first?.file == broken)
        #expect(error?.description.contains("\"GB\" is the unit of an amount of memory") == true)
    }
}
