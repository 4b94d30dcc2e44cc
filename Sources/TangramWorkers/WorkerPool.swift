/// Where the solver's loops get their threads and their memory from.
///
/// An embedder may hand in its own pool. The results of this package never depend on which pool it
/// is or on ``workerCount``: sums are taken over blocks of a fixed size, in block order, by
/// ``reduceBlocks(count:blockSize:initial:map:combine:)``.
public protocol WorkerPool: Sendable {
    /// How many workers there are, at least 1; it does not change.
    var workerCount: Int { get }

    /// Runs `body` once for each worker index in `0..<workerCount`, and returns when all calls ended.
    ///
    /// Calls may run at the same time. A body may call `run` again, on any pool: those calls then
    /// run one after the other on that body's thread. Bodies must not wait for each other.
    func run(_ body: @Sendable (Int) -> Void)

    /// Zeroed memory, aligned to 64 bytes, near the worker where the pool knows what that means.
    ///
    /// - Throws: ``WorkerError/allocationFailed(byteCount:worker:)``.
    func allocate(
        byteCount: Int, forWorker worker: Int
    ) throws(WorkerError) -> UnsafeMutableRawPointer

    /// Frees memory that `allocate` of this pool gave for the same size and worker.
    func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int, forWorker worker: Int)
}

extension WorkerPool {
    /// Zeroed memory, aligned to 64 bytes, placed wherever the system likes.
    public func allocate(
        byteCount: Int, forWorker worker: Int
    ) throws(WorkerError) -> UnsafeMutableRawPointer {
        try AlignedMemory.allocate(byteCount: byteCount, worker: worker)
    }

    /// Frees what the default `allocate` gave.
    public func deallocate(
        _ pointer: UnsafeMutableRawPointer, byteCount: Int, forWorker worker: Int
    ) {
        AlignedMemory.deallocate(pointer)
    }
}
