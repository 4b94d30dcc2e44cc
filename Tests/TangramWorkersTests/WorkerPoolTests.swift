import Synchronization
import TangramWorkers
import Testing

private func pools() throws -> [any WorkerPool] {
    [SerialWorkers()] + (try [1, 2, 3, 7].map { try ThreadWorkers(count: $0) })
}

private func visits(_ pool: any WorkerPool) -> [Int] {
    let counts = Mutex([Int](repeating: 0, count: pool.workerCount))
    pool.run { worker in counts.withLock { $0[worker] += 1 } }
    return counts.withLock { $0 }
}

@Test("a run visits each worker once, again and again")
func visitsEachOnce() throws {
    for pool in try pools() {
        for _ in 0..<200 {
            #expect(visits(pool) == [Int](repeating: 1, count: pool.workerCount))
        }
    }
}

@Test("workers run at the same time")
func runsInParallel() throws {
    let pool = try ThreadWorkers(count: 3)
    let arrived = Atomic(0)
    // Ends only if all three are inside of their bodies together.
    pool.run { _ in
        arrived.add(1, ordering: .sequentiallyConsistent)
        while arrived.load(ordering: .sequentiallyConsistent) < 3 {}
    }
    #expect(arrived.load(ordering: .relaxed) == 3)
}

@Test("a run inside of a run ends, on the same pool and across pools")
func nestedRuns() throws {
    let first = try ThreadWorkers(count: 3)
    let second = try ThreadWorkers(count: 2)
    let count = Atomic(0)
    first.run { _ in
        second.run { _ in
            first.run { _ in count.add(1, ordering: .relaxed) }
        }
    }
    #expect(count.load(ordering: .relaxed) == 3 * 2 * 3)
}

@Test("runs from many threads at once stay whole")
func concurrentRuns() async throws {
    let pool = try ThreadWorkers(count: 3)
    await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
            group.addTask { (0..<50).allSatisfy { _ in visits(pool) == [1, 1, 1] } }
        }
        for await isWhole in group { #expect(isWhole) }
    }
}

@Test("pools come and go without leaving work behind")
func shortLives() throws {
    for count in 0..<200 {
        let pool = try ThreadWorkers(count: 1 + count % 4)
        if count % 2 == 0 { #expect(visits(pool).allSatisfy { $0 == 1 }) }
    }
}

@Test("zero, negative and absurd numbers of workers are errors", arguments: [0, -1, 4_097])
func badCounts(count: Int) {
    #expect(throws: WorkerError.invalidWorkerCount(count)) { try ThreadWorkers(count: count) }
}

@Test("without a number there is one worker per CPU")
func defaultCount() throws {
    #expect(try ThreadWorkers().workerCount >= 1)
}
