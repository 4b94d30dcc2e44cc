import TangramDocument

/// What an accelerator draws, as shares of its power limit, by what it is doing.
public struct PowerShares: Hashable, Sendable {
    /// While it multiplies matrices.
    public var computing: Double
    /// While kernels bound by memory or by links run.
    public var memoryBound: Double
    /// While it waits.
    public var waiting: Double
    /// Where the shares were measured, and on what.
    public var source: String

    /// Creates shares; each is in 0...1.
    public init(computing: Double, memoryBound: Double, waiting: Double, source: String) {
        self.computing = computing
        self.memoryBound = memoryBound
        self.waiting = waiting
        self.source = source
    }

    /// The shares under `cursor`; nil after reporting what is wrong with them.
    init?(_ cursor: Cursor) {
        guard cursor.allowKeys(["computing", "memory-bound", "waiting", "source"]),
            let computing = cursor.required("computing")?.number(in: 0...1),
            let memoryBound = cursor.required("memory-bound")?.number(in: 0...1),
            let waiting = cursor.required("waiting")?.number(in: 0...1),
            let source = cursor.required("source")?.string()
        else { return nil }
        self.init(
            computing: computing, memoryBound: memoryBound, waiting: waiting, source: source)
    }
}
