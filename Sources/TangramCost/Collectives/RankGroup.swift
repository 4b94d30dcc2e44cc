/// Which ranks take part in a collective: how many, and how many of them are neighbours.
public struct RankGroup: Hashable, Sendable {
    /// Ranks in all.
    public var size: Int
    /// Accelerators between one rank of the group and the next.
    public var stride: Int

    /// Creates a group of `size` ranks, every `stride`-th accelerator.
    public init(size: Int, stride: Int = 1) {
        self.size = max(1, size)
        self.stride = max(1, stride)
    }

    /// How many ranks of the group share `span` neighbouring accelerators.
    func rankCount(within span: Int) -> Int {
        min(size, max(1, span / stride))
    }
}
