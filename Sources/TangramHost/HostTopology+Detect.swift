import CHostCalls
import TangramUnits
import TangramWorkers

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension HostTopology {
    /// What this machine and process have now.
    ///
    /// Takes well under a millisecond on small machines; it reads files of /sys and /proc on Linux
    /// and sysctl on macOS. What cannot be read is nil or empty in the result, never an error.
    public static func detect() -> HostTopology {
        let onlineCount = countOnlineCPUs()
        let allowed = allowedCPUs() ?? Array(0..<onlineCount)
        let (nodes, numa) = NUMANodes.detect(allowedCPUs: allowed)
        return HostTopology(
            nodes: nodes.isEmpty ? [wholeMachine(cpus: allowed)] : nodes,
            onlineCPUCount: onlineCount, allowedCPUs: allowed, cpuQuota: CPUQuota.ofThisProcess(),
            numa: numa, caches: caches(cpu: allowed.first ?? 0), cpuModelName: modelName())
    }

    /// The CPUs of the process's affinity mask; nil where the system has none.
    private static func allowedCPUs() -> [Int]? {
        // 8,192 is the largest NR_CPUS of Linux; the kernel refuses sets that are too small.
        var bits = [UInt8](repeating: 0, count: 8_192 / 8)
        guard tangram_allowed_cpus(&bits, bits.count) == 0 else { return nil }
        let cpus = bitNumbers(bits)
        return cpus.isEmpty ? nil : cpus
    }

    /// The numbers of the bits that are set: n % 8 of byte n / 8.
    static func bitNumbers(_ bits: [UInt8]) -> [Int] {
        bits.indices.flatMap { byte in
            (0..<8).filter { bits[byte] & (1 << $0) != 0 }.map { byte * 8 + $0 }
        }
    }

    private static func wholeMachine(cpus: [Int]) -> Node {
        #if canImport(Darwin)
            let total = systemNumber("hw.memsize")
            let free: Int? = nil
        #else
            let page = Int(sysconf(CInt(_SC_PAGESIZE)))
            let total: Int? = Int(sysconf(CInt(_SC_PHYS_PAGES))) * page
            let free: Int? = Int(sysconf(CInt(_SC_AVPHYS_PAGES))) * page
        #endif
        return Node(
            id: 0, cpus: cpus, memoryTotal: total.flatMap { $0 > 0 ? Bytes($0) : nil },
            memoryFree: free.flatMap { $0 > 0 ? Bytes($0) : nil }, distances: [10])
    }

    #if canImport(Darwin)
        private static func systemNumber(_ name: String) -> Int? {
            var value: UInt64 = 0
            var size = MemoryLayout<UInt64>.size
            guard sysctlbyname(name, &value, &size, nil, 0) == 0 else { return nil }
            return Int(exactly: value)
        }

        private static func modelName() -> String? {
            var size = 0
            let name = "machdep.cpu.brand_string"
            guard sysctlbyname(name, nil, &size, nil, 0) == 0, size > 1 else { return nil }
            var bytes = [UInt8](repeating: 0, count: size)
            guard sysctlbyname(name, &bytes, &size, nil, 0) == 0 else { return nil }
            return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }

        private static func caches(cpu: Int) -> [Cache] {
            [("L1 data", "hw.l1dcachesize"), ("L2", "hw.l2cachesize")].compactMap { name, key in
                systemNumber(key).flatMap {
                    $0 > 0 ? Cache(name: name, size: Bytes($0), sharingCPUCount: 1) : nil
                }
            }
        }
    #else
        private static func modelName() -> String? {
            guard let text = SystemText.contents(of: "/proc/cpuinfo") else { return nil }
            return SystemText.value(of: "model name", in: text)
                ?? SystemText.value(of: "Model", in: text)
        }

        private static func caches(cpu: Int) -> [Cache] {
            var result: [Cache] = []
            for index in 0..<8 {
                let folder = "/sys/devices/system/cpu/cpu\(cpu)/cache/index\(index)/"
                guard let level = SystemText.line(of: folder + "level"),
                    let kind = SystemText.line(of: folder + "type"), kind != "Instruction",
                    let size = SystemText.line(of: folder + "size").flatMap(SystemText.byteCount)
                else { continue }
                let sharing = SystemText.line(of: folder + "shared_cpu_list")
                    .flatMap(SystemText.numbers(inList:))
                result.append(
                    Cache(
                        name: "L\(level)" + (kind == "Data" ? " data" : ""), size: Bytes(size),
                        sharingCPUCount: max(1, sharing?.count ?? 1)))
            }
            return result.sorted { $0.size < $1.size }
        }
    #endif
}
