import TangramUnits
import Testing

@testable import TangramHost

private func value(_ label: String, _ report: HostReport) -> String? {
    report.rows.first { $0.label == label }?.value
}

@Test("two nodes are told with CPUs, memory, distances and workers")
func twoNodeReport() {
    let report = HostReport(topology: twoNodes, threadCount: 4)
    #expect(value("CPUs", report) == "8 of 8 usable: 0-7")
    #expect(value("NUMA", report) == "2 NUMA nodes")
    #expect(value("Node 1", report) == "CPUs 4-7; 64 GiB of memory, 16 GiB free")
    #expect(value("Distances of node 0", report) == "10 to 0, 21 to 1")
    #expect(value("Workers on node 1", report) == "2 on CPUs 4-5")
    #expect(
        value("Workers", report) == "4 threads, one per CPU, memory on its node (2 NUMA nodes)")
    #expect(report.notes.isEmpty)
    #expect(report.problems.isEmpty)
}

@Test(
    "what is not used is said plainly",
    arguments: [
        (NUMAAvailability.oneNode, "One NUMA node"),
        (.noKernelSupport, "kernel has no NUMA support"),
        (.builtWithoutTrait, "Built without the NUMA trait"),
        (.notUsedOnThisSystem, "libnuma is not used on"),
    ])
func unusedReport(numa: NUMAAvailability, sentence: String) {
    let node = HostTopology.Node(
        id: 0, cpus: [0, 1], memoryTotal: nil, memoryFree: nil, distances: [])
    let report = HostReport(
        topology: HostTopology(
            nodes: [node], onlineCPUCount: 2, allowedCPUs: [0, 1], numa: numa))
    #expect(report.notes.contains { $0.contains(sentence) }, "\(report.notes)")
    #expect(value("NUMA", report) == "not used: \(numa.reason)")
    #expect(value("Workers", report) == "2 threads, not pinned (\(numa.reason))")
    #expect(value("Node 0", report) == "CPUs 0-1; memory unknown")
}

@Test("a wrong environment is a problem in the report, not a guess")
func wrongEnvironment() {
    let report = HostReport(
        topology: twoNodes, threadLimit: .failure(.invalidThreadLimit("many")),
        simd: .failure(.unknownSIMDLevel("mmx")))
    #expect(report.problems == [.unknownSIMDLevel("mmx"), .invalidThreadLimit("many")])
    #expect(value("Workers", report) == "none")
    #expect(value("SIMD in use", report) == "none")
}

@Test("this machine can be reported")
func currentReport() {
    let report = HostReport.current()
    #expect(report.rows.contains { $0.label == "Node 0" } || report.rows.count > 5)
    #expect(value("SIMD detected", report) == SIMDLevel.detected.name)
}

@Test("levels are found by name, and others are errors that name them")
func levels() throws {
    #expect(try SIMDLevel.resolve("baseline") == .baseline)
    #expect(try SIMDLevel.resolve("") == .detected)
    #expect(SIMDLevel.detected.isSupported)
    #expect(throws: HostError.unknownSIMDLevel("mmx")) { try SIMDLevel.resolve("mmx") }
    for level in SIMDLevel.allCases where !level.isSupported {
        #expect(throws: HostError.unsupportedSIMDLevel(level, detected: .detected)) {
            try SIMDLevel.resolve(level.rawValue)
        }
    }
}
