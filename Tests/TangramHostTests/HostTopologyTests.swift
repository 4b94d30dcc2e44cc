import TangramUnits
import Testing

@testable import TangramHost

@Test("this machine has a node, CPUs and memory")
func detects() {
    let host = HostTopology.detect()
    #expect(!host.nodes.isEmpty)
    #expect(!host.allowedCPUs.isEmpty)
    #expect(host.onlineCPUCount >= 1)
    #expect((1...host.allowedCPUs.count).contains(host.usableCPUCount))
    let cpus = host.nodes.flatMap(\.cpus)
    #expect(!cpus.isEmpty)
    #expect(Set(cpus).isSubset(of: host.allowedCPUs))
    #expect(Set(cpus).count == cpus.count)
    for node in host.nodes {
        if let total = node.memoryTotal, let free = node.memoryFree { #expect(free <= total) }
        #expect(node.distances.isEmpty || node.distances.count == host.nodes.count)
    }
    #expect(host.nodes.contains { ($0.memoryTotal?.count ?? 0) > 1 << 20 })
}

@Test("the reason fits the build")
func reasonFitsBuild() {
    let host = HostTopology.detect()
    #if NUMA && os(Linux)
        switch host.numa {
        case .available(let count): #expect(count == host.nodes.count && count > 1)
        case .oneNode: #expect(host.nodes.count == 1)
        case .noKernelSupport: break
        default: Issue.record("built with the NUMA trait, but \(host.numa)")
        }
    #elseif os(Linux)
        #expect(host.numa == .builtWithoutTrait)
    #else
        #expect(host.numa == .notUsedOnThisSystem)
    #endif
}

#if os(Linux)
    @Test("the kernel's files tell the same nodes as libnuma")
    func filesAgree() {
        let host = HostTopology.detect()
        let nodes = NUMANodes.fromFiles(allowedCPUs: host.allowedCPUs)
        guard !nodes.isEmpty else { return }
        #expect(nodes.map(\.id) == host.nodes.map(\.id))
        #expect(nodes.map(\.cpus) == host.nodes.map(\.cpus))
        #expect(nodes.map(\.distances) == host.nodes.map(\.distances))
    }
#endif

@Test(
    "the kernel's lists are read and written",
    arguments: [("0", [0]), ("0-3", [0, 1, 2, 3]), ("0,2-3,10", [0, 2, 3, 10]), ("", [])])
func lists(text: String, numbers: [Int]) {
    #expect(SystemText.numbers(inList: text) == numbers)
    #expect(SystemText.list(numbers) == text)
}

@Test("what is no list is none", arguments: ["a", "3-1", "1-2-3", "-1", "1,x"])
func badLists(text: String) {
    #expect(SystemText.numbers(inList: text) == nil)
}

@Test("sizes of /sys and /proc count in 1024")
func sizes() {
    #expect(SystemText.byteCount("32K") == 32_768)
    #expect(SystemText.byteCount("16384 kB") == 16_777_216)
    #expect(SystemText.byteCount("1M") == 1 << 20)
    #expect(SystemText.byteCount("12 parsecs") == nil)
}

@Test("a cgroup's quota is a number of CPUs")
func quotas() {
    #expect(CPUQuota.parse(version2: "150000 100000") == 1.5)
    #expect(CPUQuota.parse(version2: "max 100000") == nil)
    #expect(CPUQuota.parse(version2: "") == nil)
    let host = HostTopology(
        nodes: [], onlineCPUCount: 8, allowedCPUs: Array(0..<8), cpuQuota: 1.5,
        numa: .builtWithoutTrait)
    #expect(host.usableCPUCount == 2)
}
