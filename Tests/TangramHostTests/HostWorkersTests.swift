import Synchronization
import TangramUnits
import TangramWorkers
import Testing

@testable import TangramHost

/// Two sockets of four CPUs.
let twoNodes = HostTopology(
    nodes: [
        .init(
            id: 0, cpus: [0, 1, 2, 3], memoryTotal: .gibibytes(64), memoryFree: .gibibytes(32),
            distances: [10, 21]),
        .init(
            id: 1, cpus: [4, 5, 6, 7], memoryTotal: .gibibytes(64), memoryFree: .gibibytes(16),
            distances: [21, 10]),
    ], onlineCPUCount: 8, allowedCPUs: Array(0..<8), numa: .available(nodeCount: 2))

@Test(
    "TANGRAM_THREADS that is no number of threads is an error",
    arguments: ["0", "-1", "four", "2x", " 2", "+2", "1.5", "4097", "99999999999999999999"])
func badThreadLimit(text: String) {
    #expect(throws: HostError.invalidThreadLimit(text)) {
        try HostWorkers.threadLimit(parsing: text)
    }
    #expect(HostError.invalidThreadLimit(text).description.contains("TANGRAM_THREADS=\"\(text)\""))
}

@Test("TANGRAM_THREADS caps what is wished for, and never adds to it")
func threadLimit() throws {
    #expect(try HostWorkers.threadLimit(parsing: "3") == 3)
    #expect(try HostWorkers.plan(limit: 3, topology: twoNodes).workerCount == 3)
    #expect(try HostWorkers.plan(threadCount: 2, limit: 3, topology: twoNodes).workerCount == 2)
    #expect(try HostWorkers.plan(limit: 300, topology: twoNodes).workerCount == 8)
    let serial = try HostWorkers.plan(limit: 1, topology: twoNodes)
    #expect(serial.kind == .serial)
    #expect(serial.reason.contains("TANGRAM_THREADS"))
}

@Test("a wish for no threads is an error", arguments: [0, -3, 5_000])
func badThreadCount(count: Int) {
    #expect(throws: HostError.invalidThreadCount(count)) {
        try HostWorkers.plan(threadCount: count, topology: twoNodes)
    }
}

@Test("pinned workers take turns over nodes and are grouped by node")
func placements() throws {
    let plan = try HostWorkers.plan(threadCount: 5, topology: twoNodes)
    #expect(plan.kind == .pinned)
    #expect(plan.placements.map(\.cpu) == [0, 1, 2, 4, 5])
    #expect(plan.placements.map(\.node) == [0, 0, 0, 1, 1])
    #expect(try HostWorkers.plan(topology: twoNodes).placements.map(\.cpu) == Array(0..<8))
}

@Test("more threads than CPUs are not pinned")
func oversubscribed() throws {
    let plan = try HostWorkers.plan(threadCount: 9, topology: twoNodes)
    #expect(plan.kind == .threads)
    #expect(plan.workerCount == 9)
}

@Test("the best workers of this machine run each index once")
func bestRuns() throws {
    for wish in [nil, 1, 2, 3] {
        let pool = try HostWorkers.best(threadCount: wish)
        if let wish, Environment.value(HostWorkers.threadLimitVariable) == nil {
            #expect(pool.workerCount == wish)
        }
        let counts = Mutex([Int](repeating: 0, count: pool.workerCount))
        pool.run { worker in counts.withLock { $0[worker] += 1 } }
        #expect(counts.withLock { $0 } == [Int](repeating: 1, count: pool.workerCount))
    }
}

@Test("pinned workers stay on their CPUs, with zeroed and aligned memory")
func pinnedWorkers() throws {
    let host = HostTopology.detect()
    guard host.numa == .oneNode || host.numa.isAvailable else {
        #expect(throws: HostError.numaUnavailable(host.numa)) { try NUMAWorkers(topology: host) }
        return
    }
    let pool = try NUMAWorkers(topology: host)
    #expect(pool.workerCount == host.usableCPUCount)
    #expect(pool.placements.allSatisfy { host.allowedCPUs.contains($0.cpu) })
    let cpus = Mutex([[Int]](repeating: [], count: pool.workerCount))
    pool.run { worker in
        let seen = HostTopology.detect().allowedCPUs
        cpus.withLock { $0[worker] = seen }
    }
    #expect(cpus.withLock { $0 } == pool.placements.map { [$0.cpu] })
    // The caller's own mask is left alone.
    #expect(HostTopology.detect().allowedCPUs == host.allowedCPUs)
    for worker in 0..<pool.workerCount {
        for byteCount in [0, 1, 4_096, 1_000_003] {
            let memory = try pool.allocate(byteCount: byteCount, forWorker: worker)
            #expect(Int(bitPattern: memory) % 64 == 0)
            let bytes = UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
            #expect(bytes.allSatisfy { $0 == 0 })
            for index in bytes.indices { bytes[index] = 1 }
            pool.deallocate(memory, byteCount: byteCount, forWorker: worker)
        }
    }
}

@Test("a node that is not there gives heap memory, and libnuma is not asked")
func unknownNode() throws {
    let host = HostTopology.detect()
    guard host.numa == .oneNode || host.numa.isAvailable, let cpu = host.allowedCPUs.first else {
        return
    }
    let odd = HostTopology(
        nodes: [
            .init(
                id: 4_000, cpus: [cpu], memoryTotal: .gibibytes(1), memoryFree: nil, distances: [])
        ], onlineCPUCount: 1, allowedCPUs: [cpu], numa: .oneNode)
    let pool = try NUMAWorkers(topology: odd)
    let buffer = try WorkerBuffer(of: Double.self, count: 100, pool: pool, worker: 0)
    #expect((0..<100).allSatisfy { buffer[$0] == 0 })
}

@Test("a CPU that the process may not use is an error with its number")
func pinningFails() {
    guard HostTopology.detect().numa == .oneNode else { return }
    let odd = HostTopology(
        nodes: [.init(id: 0, cpus: [8_000], memoryTotal: nil, memoryFree: nil, distances: [])],
        onlineCPUCount: 1, allowedCPUs: [8_000], numa: .oneNode)
    #expect(throws: HostError.pinningFailed(cpu: 8_000, code: 22)) {
        try NUMAWorkers(topology: odd)
    }
}
