/// Drafts of further tokens, by multi-token prediction layers or a layer like the model's, that every
/// decode step checks.
///
/// Of a greedy chain of n drafts with acceptance a each, 1 + a + a² + … + aⁿ tokens are kept
/// (Leviathan et al., arXiv 2211.17192, equation 1).
public struct Speculation: Hashable, Sendable {
    /// Drafts of one step.
    public var draftCount: Int
    /// Tokens that a step keeps on average, 1 to ``draftCount`` + 1.
    public var keptTokens: Double

    /// Drafts of which a step keeps `keptTokens` tokens, its own included.
    public init(draftCount: Int, keptTokens: Double) {
        self.draftCount = max(0, draftCount)
        self.keptTokens = min(max(1, keptTokens), Double(max(0, draftCount)) + 1)
    }

    /// Drafts that are each accepted with the same probability where those before were.
    public init(draftCount: Int, acceptance: Double) {
        let share = min(max(0, acceptance), 1)
        var kept = 1.0
        var chain = 1.0
        for _ in 0..<min(max(0, draftCount), 64) {
            chain *= share
            kept += chain
        }
        self.init(draftCount: draftCount, keptTokens: kept)
    }
}
