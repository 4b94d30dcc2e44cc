import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Phases of a bidirectional pipeline")
struct DualPipeTests {
    private func estimate(
        _ schedule: TrainingLayout.Schedule, stages: Int, batch: Int
    ) throws -> TrainingEstimate {
        try TrainingModel(
            demand: TrainingDemand(
                model: smallModel(layers: 16, vocabulary: 1), sequenceLength: 2_048,
                globalBatchSize: batch),
            group: roundGroup(
                memoryBandwidth: 1e30, inside: 1e30, insideLatency: 0, outside: 1e30,
                outsideLatency: 0)
        ).estimate(TrainingLayout(pipelineParallel: stages, schedule: schedule))
    }

    @Test("four stages run 9/2 passes alone, 5/2 with postponed gradients; they sum to the step")
    func counts() throws {
        let step = try estimate(.dualPipe, stages: 4, batch: 16)
        let phases = try #require(step.dualPipe)
        // 4 layers of 12·1024² weights; the core is 2·S²·h forward.
        let matrices = 4 * 2 * 2_048 * 12 * 1_048_576 / 100e12
        let core = 4 * 2 * 2_048 * 2_048 * 1_024 / 100e12
        let coreBackward = 2.5 * 73 / 63 * core
        #expect(isClose(phases.forward.value, 4.5 * (matrices + core), 1e-3))
        #expect(isClose(phases.weight.value, 2.5 * matrices, 1e-3))
        #expect(
            isClose(
                phases.backward.value, 4.5 * (2 * matrices + coreBackward) - 2.5 * matrices, 1e-3))
        let sum = phases.named.reduce(0) { $0 + $1.time.value }
        #expect(isClose(sum, step.stepTime.value, 1e-6))
    }

    @Test("other schedules have no such phases")
    func others() throws {
        #expect(try estimate(.oneForwardOneBackward, stages: 4, batch: 16).dualPipe == nil)
    }
}
