/// How many cached entries the queries of a chunk read, as a continuous count: S² / 2 for a causal
/// square instead of S·(S + 1) / 2, which is how published figures are computed.
struct AttendedPairs {
    /// At most this many tokens are read; nil where all are.
    var limit: Double?
    /// Whether the limit is a chunk that starts anew instead of a sliding window.
    var isChunked = false
    /// Tokens per entry; 1 without compression.
    var ratio = 1.0

    /// Entries read by one query that sees `context` tokens, itself included.
    func at(_ context: Double) -> Double {
        let entries = context / ratio
        guard let limit else { return entries }
        if isChunked && entries > limit {
            let rest = entries.truncatingRemainder(dividingBy: limit)
            return rest == 0 ? limit : rest
        }
        return min(entries, limit)
    }

    /// Pairs of `new` queries after `past` tokens.
    func count(past: Double, new: Double, masking: AttentionMasking) -> Double {
        switch masking {
        case .causal: return integral(past + new) - integral(past)
        case .full:
            let entries = (past + new) / ratio
            return new * (limit.map { min(entries, $0) } ?? entries)
        }
    }

    /// The integral of ``at(_:)`` from 0.
    private func integral(_ context: Double) -> Double {
        let entries = context / ratio
        guard let limit, entries > limit else { return ratio * entries * entries / 2 }
        if isChunked {
            let chunks = (entries / limit).rounded(.down)
            let rest = entries - chunks * limit
            return ratio * (chunks * limit * limit + rest * rest) / 2
        }
        return ratio * (limit * limit / 2 + limit * (entries - limit))
    }
}
