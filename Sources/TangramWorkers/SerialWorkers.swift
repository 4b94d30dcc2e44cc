/// One worker, the calling thread.
public struct SerialWorkers: WorkerPool {
    /// Creates the pool; it holds nothing.
    public init() {}

    /// Always 1.
    public var workerCount: Int { 1 }

    /// Calls `body` with 0.
    public func run(_ body: @Sendable (Int) -> Void) { body(0) }
}
