import TangramUnits

#if NUMA && os(Linux)
    import CNuma
#endif

/// The NUMA nodes: from libnuma where it is linked, otherwise from the kernel's files.
enum NUMANodes {
    static func detect(
        allowedCPUs: [Int]
    ) -> (nodes: [HostTopology.Node], availability: NUMAAvailability) {
        #if NUMA && os(Linux)
            guard numa_available() >= 0 else {
                return (fromFiles(allowedCPUs: allowedCPUs), .noKernelSupport)
            }
            let nodes = fromLibrary(allowedCPUs: allowedCPUs)
            return (nodes, nodes.count > 1 ? .available(nodeCount: nodes.count) : .oneNode)
        #elseif os(Linux)
            return (fromFiles(allowedCPUs: allowedCPUs), .builtWithoutTrait)
        #else
            return ([], .notUsedOnThisSystem)
        #endif
    }

    #if NUMA && os(Linux)
        private static func fromLibrary(allowedCPUs: [Int]) -> [HostTopology.Node] {
            let allowed = Set(allowedCPUs)
            let ids = (0...max(0, Int(numa_max_node()))).filter {
                tangram_numa_has_node(Int32($0)) != 0
            }
            let nodes = ids.map { id in
                var bits = [UInt8](repeating: 0, count: 8_192 / 8)
                let isRead = tangram_numa_cpus(Int32(id), &bits, UInt32(bits.count)) == 0
                var free: CLongLong = 0
                let total = numa_node_size64(Int32(id), &free)
                return HostTopology.Node(
                    id: id,
                    cpus: isRead
                        ? HostTopology.bitNumbers(bits).filter { allowed.contains($0) } : [],
                    memoryTotal: total >= 0 ? Bytes(Int(total)) : nil,
                    memoryFree: total >= 0 && free >= 0 ? Bytes(Int(free)) : nil,
                    distances: distances(of: id, to: ids))
            }
            return nodes.contains { !$0.cpus.isEmpty } ? nodes : []
        }

        private static func distances(of id: Int, to ids: [Int]) -> [Int] {
            let result = ids.map { Int(numa_distance(Int32(id), Int32($0))) }
            // 0 means that the machine does not say.
            return result.contains(0) ? [] : result
        }
    #endif

    #if os(Linux)
        /// The nodes that /sys/devices/system/node shows; none where the kernel has no NUMA.
        static func fromFiles(
            allowedCPUs: [Int], folder: String = "/sys/devices/system/node"
        ) -> [HostTopology.Node] {
            let allowed = Set(allowedCPUs)
            let ids =
                SystemText.line(of: folder + "/online").flatMap(SystemText.numbers(inList:)) ?? []
            let nodes = ids.map { id in
                let path = "\(folder)/node\(id)/"
                let cpus = SystemText.line(of: path + "cpulist")
                    .flatMap(SystemText.numbers(inList:))
                // "Node 0 MemTotal:       16384 kB"
                let memory = SystemText.contents(of: path + "meminfo") ?? ""
                func size(_ key: String) -> Bytes? {
                    SystemText.value(of: "Node \(id) \(key)", in: memory)
                        .flatMap(SystemText.byteCount).map { Bytes($0) }
                }
                let distances = (SystemText.line(of: path + "distance") ?? "")
                    .split(separator: " ").compactMap { Int($0) }
                return HostTopology.Node(
                    id: id, cpus: (cpus ?? []).filter { allowed.contains($0) },
                    memoryTotal: size("MemTotal"), memoryFree: size("MemFree"),
                    distances: distances.count == ids.count ? distances : [])
            }
            return nodes.contains { !$0.cpus.isEmpty } ? nodes : []
        }
    #endif
}
