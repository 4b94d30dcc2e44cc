import TangramWorkers
import Testing

/// Numbers of very different size, so that each order of addition rounds differently.
private let terms: [Double] = (0..<10_007).map { index in
    let spread = Double((index * 2_654_435_761) % 1_000_003) / 1_000_003
    return (spread - 0.5) * (index % 7 == 0 ? 1e12 : 1e-3)
}

private func sum(_ pool: any WorkerPool, count: Int, blockSize: Int) -> Double {
    pool.reduceBlocks(count: count, blockSize: blockSize, initial: 0.0) { _, items in
        items.reduce(0.0) { $0 + terms[$1] }
    } combine: {
        $0 += $1
    }
}

@Test("a floating-point sum has the same bits for 1, 2, 3 and 7 workers", arguments: [1, 64, 1000])
func sumsDoNotDependOnWorkers(blockSize: Int) throws {
    for count in [0, 1, blockSize, blockSize + 1, terms.count] where count <= terms.count {
        let expected = sum(SerialWorkers(), count: count, blockSize: blockSize)
        for workers in [1, 2, 3, 7] {
            let pool = try ThreadWorkers(count: workers)
            let found = sum(pool, count: count, blockSize: blockSize)
            #expect(found.bitPattern == expected.bitPattern, "\(workers) workers, \(count) items")
        }
    }
    // The test has teeth: another order gives other bits.
    #expect(terms.reduce(0, +).bitPattern != terms.reversed().reduce(0, +).bitPattern)
}

@Test("results come in block order, the last block takes what is left")
func blockOrder() throws {
    let pool = try ThreadWorkers(count: 3)
    let blocks = pool.mapBlocks(count: 10, blockSize: 4) { _, items in items }
    #expect(blocks == [0..<4, 4..<8, 8..<10])
    #expect(pool.mapBlocks(count: 0, blockSize: 4) { _, items in items }.isEmpty)
    let texts = pool.mapBlocks(count: 100, blockSize: 1) { _, items in "block \(items)" }
    #expect(texts == (0..<100).map { "block \($0..<$0 + 1)" })
}

@Test("blocks may be mapped inside of a run")
func nestedBlocks() throws {
    let pool = try ThreadWorkers(count: 2)
    let sums = pool.mapBlocks(count: 4, blockSize: 1) { _, _ in
        sum(pool, count: 5_000, blockSize: 64)
    }
    let expected = sum(SerialWorkers(), count: 5_000, blockSize: 64)
    #expect(sums == [Double](repeating: expected, count: 4))
}

@Test("a partition is contiguous, whole and even", arguments: [0, 1, 2, 3, 10, 101], [1, 2, 3, 7])
func partition(items: Int, parts: Int) {
    let partition = StaticPartition(itemCount: items, partCount: parts)
    #expect(partition.count == parts)
    #expect(partition.flatMap { Array($0) } == Array(0..<items))
    let sizes = partition.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    #expect(sizes == sizes.sorted(by: >))
}
