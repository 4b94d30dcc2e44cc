import TangramHardware
import TangramUnits
import Testing

@testable import TangramCost

@Suite("What software leaves of an accelerator")
struct SoftwareStackCostTests {
    private func estimate(_ stack: SoftwareStack) throws -> TrainingEstimate {
        let demand = TrainingDemand(
            model: smallModel(), sequenceLength: 4_096, globalBatchSize: 64, stack: stack)
        return try TrainingModel(demand: demand, group: roundGroup())
            .estimate(TrainingLayout(dataParallel: 8, microBatch: 1))
    }

    private func seconds(_ estimate: TrainingEstimate, _ cause: TimePart.Cause) -> Double {
        estimate.breakdown.first { $0.cause == cause }?.time.value ?? 0
    }

    @Test("half the attention rate doubles what attention takes, and nothing else")
    func attention() throws {
        let whole = try estimate(.current)
        let half = try estimate(SoftwareStack(id: "slow", attention: 0.5))
        let ratio = seconds(half, .attention) / seconds(whole, .attention)
        #expect(abs(ratio - 2) < 1e-9)
        #expect(seconds(half, .matrixMultiply) == seconds(whole, .matrixMultiply))
    }

    @Test("a slow host bounds a layer from below; the parts still sum to the step")
    func host() throws {
        let slow = try estimate(
            SoftwareStack(id: "slow", hostTimePerLayer: Seconds(1)))
        // Forward 1 s, backward 2 s, for each layer of each micro-batch.
        let passes = Double(64 / 8) * Double(8) * 3
        #expect(slow.stepTime.value > passes)
        #expect(seconds(slow, .host) > 0.9 * passes)
        let sum = slow.breakdown.reduce(0) { $0 + $1.time.value }
        #expect(abs(sum / slow.stepTime.value - 1) < 1e-6)
    }

    @Test("without overlap data parallelism costs more")
    func overlap() throws {
        let hidden = try estimate(.current)
        let exposed = try estimate(SoftwareStack(id: "waits", gradientOverlap: 0))
        #expect(seconds(exposed, .dataParallel) > seconds(hidden, .dataParallel))
    }
}
