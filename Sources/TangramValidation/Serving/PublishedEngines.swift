import TangramCost
import TangramHardware
import TangramModels
import TangramUnits

/// An engine as a table names it, with what rows leave out.
struct PublishedEngine {
    var engine: ServingEngine
    /// Acceptance of a draft that is not stated.
    var acceptance = 0.8

    /// The cache of weights in `weights` where a row does not say.
    func usualCache(_ weights: NumberFormat, on card: Accelerator) -> NumberFormat {
        guard weights.bits <= 8, card.peaks[.fp8] != nil else { return .bf16 }
        return .fp8
    }
}

extension ServingEngine {
    /// The engine that a row's words name.
    static func published(
        _ version: String, source: String, on card: Accelerator
    ) -> PublishedEngine {
        PublishedEngine(engine: .ideal)
    }
}

extension ServedFormats {
    /// The model as it was stored for the run.
    func applied(to model: TransformerModel) -> TransformerModel {
        var model = model
        model.checkpointFormat = dense
        model.expertCheckpointFormat = experts
        return model
    }
}
