/// Elements in memory near one worker, zeroed at first, freed with the last reference.
///
/// Several workers may write to it at the same time as long as they write to different elements;
/// that is for the caller to see to.
public final class WorkerBuffer<Element: BitwiseCopyable> {
    /// How many elements there are.
    public let count: Int
    /// The worker that the memory is near.
    public let worker: Int
    /// The first element; valid as long as this object.
    public let baseAddress: UnsafeMutablePointer<Element>
    private let pool: any WorkerPool
    private let byteCount: Int

    /// Allocates `count` elements (at least 0) near `worker`, all their bytes zero.
    ///
    /// Zero bytes must be a value of `Element`, as they are of numbers and structs of numbers.
    ///
    /// - Throws: ``WorkerError/allocationFailed(byteCount:worker:)``.
    public init(
        of type: Element.Type = Element.self, count: Int, pool: any WorkerPool, worker: Int
    ) throws(WorkerError) {
        precondition(count >= 0 && (0..<pool.workerCount).contains(worker))
        precondition(MemoryLayout<Element>.alignment <= AlignedMemory.alignment)
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflow else { throw .allocationFailed(byteCount: .max, worker: worker) }
        let memory = try pool.allocate(byteCount: size, forWorker: worker)
        self.count = count
        self.worker = worker
        self.pool = pool
        byteCount = size
        baseAddress = memory.bindMemory(to: Element.self, capacity: count)
    }

    deinit {
        pool.deallocate(baseAddress, byteCount: byteCount, forWorker: worker)
    }

    /// The element at `index`.
    @inlinable
    public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count)
            return baseAddress[index]
        }
        set {
            precondition(index >= 0 && index < count)
            baseAddress[index] = newValue
        }
    }

    /// Calls `body` with all elements.
    @inlinable
    public func withUnsafeMutableBufferPointer<Result, Failure: Error>(
        _ body: (UnsafeMutableBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeMutableBufferPointer(start: baseAddress, count: count))
    }
}

extension WorkerBuffer: @unchecked Sendable where Element: Sendable {}
