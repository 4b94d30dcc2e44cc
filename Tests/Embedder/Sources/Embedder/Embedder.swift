// A program of somebody else's that plans a cluster built in code. It imports the solver and
// nothing more: no YAML, no command line, no libnuma.
import TangramPlacement

@main
struct Embedder {
    static func main() throws {
        let hardware = try HardwareCatalogue.builtIn()
        let models = try ModelCatalogue.builtIn()
        guard let h100 = hardware.accelerator("h100-sxm-80gb"),
            let nvlink = hardware.link("nvlink4-nvswitch"),
            let pcie = hardware.link("pcie5-p2p-switch"),
            let infiniband = hardware.link("ib-ndr400"),
            let llama = models.model("llama-3.1-70b"), let qwen = models.model("qwen3-8b")
        else { throw MissingEntry() }

        let pool = Pool(
            id: "hall-1", accelerator: h100, nodeCount: 4, acceleratorsPerNode: 8,
            scaleUp: ScaleUpDomain(
                link: nvlink, bandwidth: .gigabytesPerSecond(450), size: 8, nodeLink: pcie),
            scaleOut: ScaleOutFabric(
                link: infiniband, nicBandwidth: .gigabytesPerSecond(50), nicsPerNode: 8),
            price: MoneyRate(2.2))
        let chat = ServingDemand(
            model: llama, requestRate: RequestRate(4), promptTokens: 1_000, outputTokens: 300,
            timeToFirstToken: Seconds(2), timePerOutputToken: Seconds(0.05))
        let tuning = TrainingDemand(
            model: qwen, sequenceLength: 4_096, globalBatchSize: 128, tokens: Tokens(1e9),
            deadline: .day)
        let scenario = Scenario(
            name: "embedded", cluster: Cluster(name: "one hall", pools: [pool]),
            jobs: [
                Job(id: "chat", work: .serve(chat), weight: 2),
                Job(id: "tune", work: .train(tuning)),
            ])

        let plan = try Planner().plan(scenario)
        for job in plan.jobs {
            for placement in job.placements {
                print(
                    job.jobID, placement.poolID, placement.acceleratorCount,
                    "nodes", placement.nodes.map(\.node))
            }
        }
        print("gap", plan.proof.gap)
        try planMeasured(scenario)
        try replan(scenario, chat)
        try solveNumbers()
        guard plan.jobs.allSatisfy(\.isPlaced), plan.proof.objective <= plan.proof.bound else {
            throw BadPlan()
        }
    }
}

struct MissingEntry: Error {}
struct BadPlan: Error {}
