/// The small scorer that picks which tokens a sparse attention reads: the lightning indexer of
/// DeepSeek-V3.2, GLM-5 and DeepSeek-V4.
public struct SparseIndexer: Hashable, Sendable {
    /// Indexer heads.
    public var headCount: Int
    /// The width of a head, which is also the width of the one cached key.
    public var headDimension: Int
    /// How many cached entries attention reads at most.
    public var selectedCount: Int

    /// Creates an indexer.
    public init(headCount: Int, headDimension: Int, selectedCount: Int) {
        self.headCount = headCount
        self.headDimension = headDimension
        self.selectedCount = selectedCount
    }

    /// FLOP to score one cached key for one query: two per channel of every head. The weighted sum
    /// over heads and the selection itself are not counted.
    public var flopPerScore: Double { 2 * Double(headCount) * Double(headDimension) }
}
