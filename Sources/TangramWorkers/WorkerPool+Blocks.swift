extension WorkerPool {
    /// Calls `body` once for each block of `0..<count`.
    ///
    /// Blocks have `blockSize` items, the last one what is left, whatever the number of workers;
    /// each worker takes a contiguous run of blocks (``StaticPartition``), in ascending order.
    ///
    /// - Parameters:
    ///   - count: items, at least 0.
    ///   - blockSize: items per block, at least 1.
    ///   - body: takes the worker, the block's number and the block's items.
    @inlinable
    public func forEachBlock(
        count: Int, blockSize: Int,
        _ body: @Sendable (_ worker: Int, _ block: Int, _ items: Range<Int>) -> Void
    ) {
        precondition(count >= 0 && blockSize >= 1)
        let blockCount = count == 0 ? 0 : (count - 1) / blockSize + 1
        guard blockCount > 0 else { return }
        let parts = StaticPartition(itemCount: blockCount, partCount: workerCount)
        run { worker in
            for block in parts[worker] {
                let start = block * blockSize
                body(worker, block, start..<(start + min(blockSize, count - start)))
            }
        }
    }

    /// One result per block of `0..<count`, in block order.
    ///
    /// Where `map` depends only on its items, the results are the same for every number of workers.
    ///
    /// - Parameters:
    ///   - count: items, at least 0.
    ///   - blockSize: items per block, at least 1.
    ///   - map: takes the worker and the block's items.
    @inlinable
    public func mapBlocks<Result: Sendable>(
        count: Int, blockSize: Int,
        _ map: @Sendable (_ worker: Int, _ items: Range<Int>) -> Result
    ) -> [Result] {
        precondition(count >= 0 && blockSize >= 1)
        let blockCount = count == 0 ? 0 : (count - 1) / blockSize + 1
        return [Result](unsafeUninitializedCapacity: blockCount) { buffer, initializedCount in
            // Each block writes its own slot.
            nonisolated(unsafe) let slots = buffer
            forEachBlock(count: count, blockSize: blockSize) { worker, block, items in
                slots.initializeElement(at: block, to: map(worker, items))
            }
            initializedCount = blockCount
        }
    }

    /// The results of the blocks of `0..<count`, combined in block order.
    ///
    /// Neither the blocks nor their order depend on ``workerCount``, so a floating-point sum has
    /// the same bits on one thread and on a hundred.
    ///
    /// - Parameters:
    ///   - count: items, at least 0.
    ///   - blockSize: items per block, at least 1; another size may give other roundings.
    ///   - initial: what the combining starts from, and the result for no items.
    ///   - map: takes the worker and the block's items.
    ///   - combine: adds a block's result; called on the calling thread.
    @inlinable
    public func reduceBlocks<Partial: Sendable, Result>(
        count: Int, blockSize: Int, initial: Result,
        map: @Sendable (_ worker: Int, _ items: Range<Int>) -> Partial,
        combine: (inout Result, Partial) -> Void
    ) -> Result {
        mapBlocks(count: count, blockSize: blockSize, map).reduce(into: initial, combine)
    }
}
