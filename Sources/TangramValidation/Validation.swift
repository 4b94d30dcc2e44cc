public import TangramCost
public import TangramDocument
public import TangramHardware
public import TangramModels
import TangramUnits

/// Predicts the rows of a table of measurements.
public struct Validation: Sendable {
    private let shapes: ShapeReader
    private let hardware: HardwareCatalogue
    private let engine: ServingEngine?

    /// Prepares predictions with these catalogues.
    ///
    /// - Parameter engine: What serves all rows; nil for the engine that each row names.
    public init(
        hardware: HardwareCatalogue, models: ModelCatalogue, engine: ServingEngine? = nil
    ) {
        self.hardware = hardware
        self.engine = engine
        shapes = ShapeReader(models)
    }

    /// Every row of `table`, predicted where it can be.
    ///
    /// - Throws: Every malformed field, in order.
    public func outcomes(
        of table: MeasuredTable, progress: ((Double) -> Void)? = nil
    ) throws(DiagnosticList) -> [RowOutcome] {
        var outcomes: [RowOutcome] = []
        var problems: [Diagnostic] = []
        let reader = TrainingCaseReader(shapes: shapes, hardware: hardware)
        var serving = ServingValidation(shapes: shapes, hardware: hardware, engine: engine)
        for (index, row) in table.rows.enumerated() {
            progress?(Double(index) / Double(max(1, table.rows.count)))
            do {
                switch row.kind {
                case .serving, .servingGrid: outcomes += try serving.outcomes(of: row)
                case .reinforcement: outcomes.append(try reinforcementOutcome(of: row))
                case .operators: outcomes.append(try operatorOutcome(of: row, reader))
                default: outcomes.append(try outcome(of: row, reader))
                }
            } catch let problem as Diagnostic {
                problems.append(problem)
            } catch {
                problems.append(row.record.diagnostic("id", "\(error)"))
            }
        }
        if !problems.isEmpty { throw DiagnosticList(problems) }
        return outcomes
    }

    private func reinforcementOutcome(of row: MeasuredRow) throws -> RowOutcome {
        var outcome = try RowOutcome(row)
        do {
            guard outcome.metric == "step_time_s" else {
                throw Inexpressible.metric(outcome.metric)
            }
            let found = try ReinforcementCase(row, shapes: shapes, hardware: hardware)
            outcome.assumptions = found.assumptions
            outcome.accelerator = found.group.accelerator.id
            outcome.architecture = found.group.accelerator.architecture
            outcome.stack = found.demand.framework.id
            outcome.isMixtureOfExperts = found.demand.learner.model.isMixtureOfExperts
            outcome.precision = found.demand.learner.format.rawValue
            let estimate = try found.estimate()
            let (seconds, uncertainty) = (estimate.step.value, estimate.relativeUncertainty)
            outcome.predicted = seconds
            (outcome.low, outcome.high) =
                (seconds / (1 + uncertainty), seconds * (1 + uncertainty))
            outcome.phases = estimate.phases.map { "\($0.name) \($0.time)" }
        } catch let reason as Inexpressible {
            outcome.reason = reason.description
        }
        return outcome
    }

    private func operatorOutcome(
        of row: MeasuredRow, _ reader: TrainingCaseReader
    ) throws -> RowOutcome {
        var outcome = try RowOutcome(row)
        do {
            let card = try reader.accelerator(outcome.accelerator)
            outcome.accelerator = card.id
            outcome.architecture = card.architecture
            let found = try OperatorCase(row)
            outcome.precision = found.format.rawValue
            let seconds = try found.time(on: card).value
            outcome.predicted = seconds * 1e6
            let uncertainty = card.efficiency.relativeUncertainty
            outcome.low = seconds * 1e6 / (1 + uncertainty)
            outcome.high = seconds * 1e6 * (1 + uncertainty)
        } catch let reason as Inexpressible {
            outcome.reason = reason.description
        }
        return outcome
    }

    private func outcome(of row: MeasuredRow, _ reader: TrainingCaseReader) throws -> RowOutcome {
        var outcome = try RowOutcome(row)
        do {
            let found = try reader.read(row)
            outcome.assumptions = found.assumptions
            outcome.accelerator = found.group.accelerator.id
            outcome.architecture = found.group.accelerator.architecture
            outcome.stack = found.demand.stack.id
            outcome.isMixtureOfExperts = found.demand.model.isMixtureOfExperts
            outcome.precision = found.demand.format.rawValue
            let model: TrainingModel
            do throws(Rejection) {
                model = try TrainingModel(demand: found.demand, group: found.group)
            } catch {
                throw Inexpressible.rejected(error.description)
            }
            let estimate = try Self.estimate(found, model)
            outcome.estimate = estimate
            if outcome.assumptions.contains("layout searched") {
                outcome.assumptions.append(estimate.layout.summary)
            }
            try outcome.predict(from: estimate, of: found)
        } catch let reason as Inexpressible {
            outcome.reason = reason.description
            outcome.place = Self.place(of: reason.column, in: row.record)
        }
        return outcome
    }

    /// `file:line:column: column`.
    static func place(of column: String, in record: CSVRecord) -> String {
        let found = record.diagnostic(column, "")
        let location = found.location.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(found.file)\(location): \(column)"
    }

    /// The stated layout, completed by the fastest choice that fits; the one that needs least memory
    /// where nothing fits, because it ran.
    private static func estimate(
        _ found: TrainingCase, _ model: TrainingModel
    ) throws -> TrainingEstimate {
        guard let stated = found.layout else {
            switch TrainingSearch(model).best(acceleratorCount: found.acceleratorCount) {
            case .success(let estimate): return estimate
            case .failure(let rejection): throw Inexpressible.rejected(rejection.description)
            }
        }
        var fitting: TrainingEstimate?
        var smallest: TrainingEstimate?
        for micro in found.microBatches {
            let perReplica = found.demand.globalBatchSize / stated.dataParallel
            guard perReplica >= micro, perReplica % micro == 0 else { continue }
            for recompute in found.recompute {
                var layout = stated
                layout.microBatch = micro
                layout.recompute = recompute
                let microBatches = perReplica / micro
                if layout.virtualPipeline > 1, microBatches % layout.pipelineParallel != 0 {
                    continue
                }
                let estimate = model.estimate(layout)
                if estimate.fits {
                    if estimate.stepTime < fitting?.stepTime ?? Seconds(.infinity) {
                        fitting = estimate
                    }
                    break
                }
                if estimate.memory.total < smallest?.memory.total ?? Bytes(.max) {
                    smallest = estimate
                }
            }
        }
        guard let best = fitting ?? smallest else {
            throw Inexpressible.layout(["no micro-batch of 1, 2, 4 or 8 divides the batch"])
        }
        return best
    }
}
