import TangramCost
import TangramDocument
import TangramHardware
import TangramModels
import TangramUnits

/// Predicts rows of serving results one after the other.
struct ServingValidation {
    private let reader: ServingCaseReader
    private let grid: ServingGridReader
    /// Of the row before; neighbours are often the same job.
    private var last: ServingModel?

    init(shapes: ShapeReader, hardware: HardwareCatalogue, engine: ServingEngine?) {
        reader = ServingCaseReader(shapes: shapes, hardware: hardware, engine: engine)
        grid = ServingGridReader(shapes: shapes, hardware: hardware)
    }

    /// What became of a row, one outcome for each of its metrics.
    mutating func outcomes(of row: MeasuredRow) throws -> [RowOutcome] {
        var outcomes: [RowOutcome] = []
        if row.kind == .servingGrid {
            for (metric, column) in RowOutcome.gridColumns where !row.record[column].isEmpty {
                outcomes.append(try RowOutcome(row, metric: metric))
            }
            guard !outcomes.isEmpty else {
                throw row.record.diagnostic(
                    "tpot_ms", "a row without a prediction",
                    note: "give ttft_ms, tpot_ms or tok_s_per_gpu")
            }
        } else {
            outcomes = [try RowOutcome(row)]
        }
        do {
            let found = row.kind == .servingGrid ? try grid.read(row) : try reader.read(row)
            let model = model(of: found)
            let prediction = ServingPrediction(found, model)
            for index in outcomes.indices {
                outcomes[index].describe(found)
                do throws(Inexpressible) {
                    try outcomes[index].predict(from: prediction, of: found, model)
                } catch {
                    outcomes[index].reason = error.description
                }
            }
        } catch let reason as Inexpressible {
            for index in outcomes.indices { outcomes[index].reason = reason.description }
        }
        return outcomes
    }

    private mutating func model(of found: ServingCase) -> ServingModel {
        if let last, last.demand == found.demand, last.group == found.group { return last }
        let model = ServingModel(demand: found.demand, group: found.group)
        last = model
        return model
    }
}

extension RowOutcome {
    /// What the row was read as.
    mutating func describe(_ found: ServingCase) {
        assumptions = found.assumptions
        accelerator = found.group.accelerator.id
        architecture = found.group.accelerator.architecture
        stack = found.demand.engine.id
        isMixtureOfExperts = found.demand.model.isMixtureOfExperts
        precision = found.side.layout.weightFormat.rawValue
    }
}
