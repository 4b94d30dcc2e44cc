import CCostKernel
import CInstructionSet
import TangramUnits
import TangramWorkers
import Testing

@testable import TangramCost

@Suite("Training search")
struct TrainingSearchTests {
    /// Every layout of the space, made one by one.
    private func layouts(
        _ model: TrainingModel, _ space: TrainingSpace, count: Int
    ) -> [tangram_training_option] {
        let table = TrainingSpaceTable(
            model, space, acceleratorCounts: [count], fastestOnly: false)
        return table.withTable { pointer in
            let limit = 2_000_000
            return [tangram_training_option](unsafeUninitializedCapacity: limit) {
                $1 = tangram_training_enumerate(
                    model.table.pointer, pointer, $0.baseAddress, limit)
            }
        }
    }

    @Test("the fastest layout is the one that brute force in double finds")
    func bruteForce() throws {
        for model in try kernelJobs() {
            for count in [8, 64] {
                let options = layouts(model, TrainingSpace(), count: count)
                let costs = options.map { cost(model, $0) }
                let available = model.table.pointer.pointee.device.available_bytes
                let best = costs.filter { $0.total_bytes <= available }.map(\.step_s).min()
                switch TrainingSearch(model).best(acceleratorCount: count) {
                case .success(let estimate):
                    #expect(estimate.stepTime.value == best)
                    #expect(estimate.fits)
                    #expect(estimate.acceleratorCount == count)
                case .failure(.memory(_, let shortfall, _, _)):
                    #expect(best == nil)
                    let least = costs.map(\.total_bytes).min() ?? 0
                    #expect(shortfall.value == least - available)
                case .failure(let rejection): Issue.record("\(rejection)")
                }
            }
        }
    }

    @Test("layouts are made once, use all accelerators and divide the job")
    func enumeration() throws {
        let model = try kernelJobs()[1]
        let options = layouts(model, .everything, count: 16).map { TrainingLayout($0) }
        #expect(Set(options).count == options.count)
        for layout in options {
            #expect(layout.acceleratorCount == 16)
            #expect(2_048 % (layout.dataParallel * layout.microBatch) == 0)
            #expect(
                layout.stageRankCount % (layout.expertParallel * layout.expertTensorParallel) == 0)
            #expect(layout.pipelineParallel * layout.virtualPipeline <= 62)
        }
    }

    @Test("parts of a search hold together what the whole holds")
    func parts() throws {
        let model = try kernelJobs()[0]
        let table = TrainingSpaceTable(
            model, TrainingSpace(), acceleratorCounts: [64], fastestOnly: true)
        func run(_ part: Int32, of count: Int32) -> ([tangram_training_candidate], Int64) {
            var best = [tangram_training_candidate](
                repeating: tangram_training_candidate(), count: 16)
            var found = tangram_training_found()
            let kept = best.withUnsafeMutableBufferPointer { buffer in
                found.best = buffer.baseAddress
                found.best_limit = 16
                table.withTable {
                    tangram_training_search(
                        tangram_simd_detected(), model.table.pointer, $0, part, count, &found)
                }
                return Int(found.best_count)
            }
            return (Array(best.prefix(kept)), found.visited_count)
        }
        let whole = run(0, of: 1)
        let parts = (0..<Int32(3)).map { run($0, of: 3) }
        #expect(parts.reduce(0) { $0 + $1.1 } == whole.1)
        let joined = parts.flatMap(\.0).sorted { ($0.step_s, $0.index) < ($1.step_s, $1.index) }
        #expect(joined.prefix(16).map(\.index) == whole.0.map(\.index))
    }

    @Test("what is found does not depend on how many workers search")
    func workers() throws {
        for model in try kernelJobs().prefix(3) {
            let search = TrainingSearch(model)
            for count in [1, 2, 3, 7] {
                let pool = try ThreadWorkers(count: count)
                #expect(
                    search.ranked(acceleratorCount: 64, limit: 12, workers: pool)
                        == search.ranked(acceleratorCount: 64, limit: 12))
                #expect(
                    search.front(acceleratorCount: 64, workers: pool)
                        == search.front(acceleratorCount: 64))
                #expect(
                    search.count(acceleratorCounts: [8, 64], workers: pool)
                        == search.count(acceleratorCounts: [8, 64]))
            }
        }
    }

    @Test("of several formats the fastest layout of any is taken, and those a card lacks are left")
    func formats() throws {
        let device = try group("h100-sxm-80gb")
        var demand = TrainingDemand(
            model: try model("llama-3.1-70b"), sequenceLength: 4_096, globalBatchSize: 512)
        func step(_ format: NumberFormat, _ device: DeviceGroup) throws -> TrainingEstimate {
            demand.format = format
            demand.alternativeFormats = []
            return try TrainingSearch(demand: demand, group: device)
                .best(acceleratorCount: 64).get()
        }
        let (wide, narrow) = (try step(.bf16, device), try step(.fp8, device))
        demand.format = .bf16
        demand.alternativeFormats = [.fp8]
        let both = try TrainingSearch(demand: demand, group: device)
        let best = try both.best(acceleratorCount: 64).get()
        #expect(best == (narrow.stepTime < wide.stepTime ? narrow : wide))
        #expect(narrow.stepTime < wide.stepTime)
        let front = try both.front(acceleratorCount: 64).get()
        #expect(front.first?.stepTime == best.stepTime)
        // An A100 has no fp8.
        let old = try group("a100-sxm-80gb")
        #expect(
            try TrainingSearch(demand: demand, group: old).best(acceleratorCount: 64).get()
                == step(.bf16, old))
        demand.format = .fp8
        demand.alternativeFormats = [.fp4]
        #expect(throws: Rejection.self) { try TrainingSearch(demand: demand, group: old) }
    }

    @Test("several numbers of accelerators together give what each gives alone")
    func counts() throws {
        for model in try kernelJobs().prefix(3) {
            let search = TrainingSearch(model)
            let counts = [1, 8, 24, 64, 512]
            let together = search.best(acceleratorCounts: counts)
            for (count, result) in zip(counts, together) {
                #expect(result == search.best(acceleratorCount: count))
            }
        }
    }

    @Test("no layout of the front is slower and larger than another, and the fastest is on it")
    func front() throws {
        let search = TrainingSearch(try kernelJobs()[2])
        let front = try search.front(acceleratorCount: 64).get()
        let best = try search.best(acceleratorCount: 64).get()
        #expect(front.first?.stepTime == best.stepTime)
        #expect(front.count > 1)
        for (a, b) in zip(front, front.dropFirst()) {
            #expect(a.stepTime <= b.stepTime && a.memory.total > b.memory.total)
        }
    }

    @Test("a batch that does not divide and no accelerators are no layouts")
    func none() throws {
        let model = try kernelJobs()[0]
        guard case .failure(.noLayout) = TrainingSearch(model).best(acceleratorCount: 0) else {
            Issue.record("found a layout of nothing")
            return
        }
        guard
            case .failure(.noLayout(let count, _)) = TrainingSearch(model)
                .best(acceleratorCount: 1_048_583)
        else {
            Issue.record("a prime larger than the batch divides nothing")
            return
        }
        #expect(count == 1_048_583)
    }
}
