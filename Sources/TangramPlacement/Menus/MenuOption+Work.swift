import TangramCost
import TangramUnits

extension MenuOption.Work {
    /// Its layout, for people.
    var summary: String {
        switch self {
        case .train(let estimate): estimate.layout.summary
        case .serve(let estimate, let count): "\(count) × \(estimate.layout.summary)"
        case .table(let offer): offer.summary
        }
    }

    /// Tokens per second of training that is always up; nil for serving. What a table offers is
    /// taken for training.
    var throughput: TokenRate? {
        switch self {
        case .train(let estimate): estimate.throughput
        case .serve: nil
        case .table(let offer): TokenRate(offer.rate)
        }
    }
}
