import Synchronization
import TangramWorkers
import Testing

@Test("memory is aligned to 64 bytes and zeroed", arguments: [0, 1, 63, 64, 65, 4_096, 1_000_003])
func alignedAndZeroed(byteCount: Int) throws {
    let pool = try ThreadWorkers(count: 2)
    // Twice, so that the second is likely to be memory that was written to.
    for worker in [0, 1, 0, 1] {
        let memory = try pool.allocate(byteCount: byteCount, forWorker: worker)
        #expect(Int(bitPattern: memory) % 64 == 0)
        let bytes = UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
        #expect(bytes.allSatisfy { $0 == 0 })
        for index in bytes.indices { bytes[index] = 0xFF }
        pool.deallocate(memory, byteCount: byteCount, forWorker: worker)
    }
}

@Test("a buffer starts as zeros and holds what workers write")
func bufferHoldsElements() throws {
    let pool = try ThreadWorkers(count: 3)
    let buffer = try WorkerBuffer(of: Double.self, count: 1_000, pool: pool, worker: 1)
    #expect(buffer.withUnsafeMutableBufferPointer { $0.allSatisfy { $0 == 0 } })
    let parts = StaticPartition(itemCount: buffer.count, partCount: pool.workerCount)
    pool.run { worker in
        for index in parts[worker] { buffer[index] = Double(index) }
    }
    #expect((0..<1_000).allSatisfy { buffer[$0] == Double($0) })
    #expect(buffer.worker == 1)
}

@Test("a buffer gives its memory back to the pool that it came from")
func bufferFrees() throws {
    let pool = CountingPool()
    do {
        let buffer = try WorkerBuffer(of: Int32.self, count: 10, pool: pool, worker: 0)
        #expect(buffer.count == 10)
        #expect(pool.live.load(ordering: .relaxed) == 40)
    }
    #expect(pool.live.load(ordering: .relaxed) == 0)
}

@Test("a size that cannot be is an error, not a crash")
func tooLarge() {
    let expected = WorkerError.allocationFailed(byteCount: .max, worker: 0)
    #expect(throws: expected) {
        try WorkerBuffer(of: Double.self, count: .max, pool: SerialWorkers(), worker: 0)
    }
}

/// What an embedder's own pool needs at least, and a count of the bytes that are in use.
private final class CountingPool: WorkerPool {
    let live = Atomic(0)
    var workerCount: Int { 1 }
    func run(_ body: @Sendable (Int) -> Void) { body(0) }
    func allocate(
        byteCount: Int, forWorker worker: Int
    ) throws(WorkerError) -> UnsafeMutableRawPointer {
        live.add(byteCount, ordering: .relaxed)
        return try SerialWorkers().allocate(byteCount: byteCount, forWorker: worker)
    }
    func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int, forWorker worker: Int) {
        live.subtract(byteCount, ordering: .relaxed)
        SerialWorkers().deallocate(pointer, byteCount: byteCount, forWorker: worker)
    }
}
