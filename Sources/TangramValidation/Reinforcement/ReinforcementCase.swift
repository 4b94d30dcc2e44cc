import TangramCost
import TangramDocument
import TangramHardware
import TangramModels
import TangramUnits

/// One published step of reinforcement learning.
struct ReinforcementCase {
    var demand: ReinforcementDemand
    var group: DeviceGroup
    /// Accelerators that learn, and those beside them that sample; 0 where they take turns.
    var learnerCount: Int
    var rolloutCount: Int
    var learnerLayout: TrainingLayout?
    var rolloutLayout: ServingLayout?
    /// What the row does not say and was taken for granted.
    var assumptions: [String] = []

    /// Tokens of a prompt, and answers of one, where a row states none: NeMo RL's recipes of 64
    /// prompts × 32 answers on problems of school mathematics.
    private static let usualPrompt = 128
    private static let usualGroup = 32
    /// Sequences are cut evenly by context parallelism.
    private static let roundTokens = 16

    /// Whether columns are those of steps of reinforcement learning.
    static func isTable(_ columns: Set<String>) -> Bool {
        columns.isSuperset(of: ["model", "accelerator", "answers", "mean_len", "metric", "value"])
    }

    /// - Throws: `Diagnostic` for a malformed field, ``Inexpressible`` otherwise.
    init(_ row: MeasuredRow, shapes: ShapeReader, hardware: HardwareCatalogue) throws {
        let record = row.record
        func size(_ column: String) throws -> Int? {
            try record.integer(column, in: 1...100_000_000)
        }
        func needed(_ column: String) throws -> Int {
            guard let value = try size(column) else { throw Inexpressible.missing(column) }
            return value
        }
        let card = try TrainingCaseReader(shapes: shapes, hardware: hardware)
            .accelerator(record["accelerator"])
        let total = try needed("num_accel")
        let perNode = try size("accel_per_node") ?? 8
        do throws(AcceleratorSetError) {
            group = try AcceleratorSet(
                accelerator: card.id, count: max(total, perNode), perNode: perNode,
                scaleOut: "ib-ndr400"
            ).group(in: hardware)
        } catch {
            throw Inexpressible.rejected(error.description)
        }
        let prompt = try size("prompt_len") ?? Self.usualPrompt
        if try size("prompt_len") == nil { assumptions.append("prompts of \(prompt) tokens") }
        let mean = max(
            prompt + 1, try needed("mean_len") / Self.roundTokens * Self.roundTokens)
        let answers = try needed("answers")
        let samples = try size("samples") ?? min(Self.usualGroup, answers)
        let software = row.text("software") ?? ReinforcementFramework.ideal.id
        guard let framework = try ReinforcementFramework.shipped(software) else {
            throw Inexpressible.rejected("no framework \"\(software)\"")
        }
        let schedule = ReinforcementDemand.Schedule(rawValue: row.text("schedule") ?? "synchronous")
        guard let schedule else {
            throw Inexpressible.rejected("no schedule \"\(record["schedule"])\"")
        }
        let algorithm = ReinforcementDemand.Algorithm(rawValue: row.text("algorithm") ?? "grpo")
        guard let algorithm else {
            throw Inexpressible.rejected("no algorithm \"\(record["algorithm"])\"")
        }
        let format = NumberFormat(rawValue: row.text("precision") ?? "bf16") ?? .bf16
        let learner = TrainingDemand(
            model: try shapes.servedModel(record["model"]), sequenceLength: mean,
            globalBatchSize: try size("batch") ?? answers, format: format)
        let longest = try size("max_len").map { max(1, $0 - prompt) }
        demand = ReinforcementDemand(
            learner: learner, promptCount: max(1, answers / samples), samplesPerPrompt: samples,
            promptTokens: prompt, answerTokens: mean - prompt, longestAnswerTokens: longest,
            hasReference: algorithm.hasReference, hasCritic: algorithm.hasCritic,
            schedule: schedule)
        demand.framework = framework
        demand.rolloutFormats = [format]
        rolloutCount = 0
        if schedule == .oneStepOffPolicy {
            rolloutCount = try size("rollout_accel") ?? total / 2
            if try size("rollout_accel") == nil {
                assumptions.append("half of the accelerators sample")
            }
        }
        learnerCount = total - rolloutCount
        if let tensor = try size("gen_TP") {
            rolloutLayout = ServingLayout(
                tensorParallel: tensor, pipelineParallel: try size("gen_PP") ?? 1)
        }
        if let tensor = try size("TP") {
            let (context, pipeline) = (try size("CP") ?? 1, try size("PP") ?? 1)
            let layout = TrainingLayout(
                tensorParallel: tensor, pipelineParallel: pipeline, contextParallel: context,
                dataParallel: max(1, learnerCount / max(1, tensor * context * pipeline)),
                expertParallel: try size("EP") ?? 1)
            let problems = LayoutCheck(model: learner.model, group: group)
                .problems(
                    of: layout, demand: demand.learnerJob(on: card.architecture),
                    count: learnerCount)
            guard problems.isEmpty else { throw Inexpressible.layout(problems) }
            learnerLayout = layout
        }
    }

    /// The step.
    func estimate() throws(Inexpressible) -> ReinforcementEstimate {
        let model =
            rolloutCount == 0
            ? ReinforcementModel(demand, group: group, count: learnerCount)
            : ReinforcementModel(
                demand, rollouts: [.init(group, rolloutCount)],
                learner: .init(group, learnerCount))
        switch model.estimate(learnerLayout: learnerLayout, rolloutLayout: rolloutLayout) {
        case .success(let found): return found
        case .failure(let rejection): throw .rejected(rejection.description)
        }
    }
}
