/// The CPU time that a container grants, in CPUs.
enum CPUQuota {
    /// The smallest quota of this process's cgroup and the groups above it; nil for no limit.
    static func ofThisProcess() -> Double? {
        #if os(Linux)
            var quotas: [Double] = []
            let groups = SystemText.contents(of: "/proc/self/cgroup") ?? ""
            for line in groups.split(separator: "\n") where line.hasPrefix("0::") {
                var path = String(line.dropFirst(3))
                while true {
                    let file = "/sys/fs/cgroup\(path == "/" ? "" : path)/cpu.max"
                    if let quota = SystemText.line(of: file).flatMap(parse(version2:)) {
                        quotas.append(quota)
                    }
                    guard let slash = path.lastIndex(of: "/"), path != "/" else { break }
                    path = slash == path.startIndex ? "/" : String(path[..<slash])
                }
            }
            let version1 = "/sys/fs/cgroup/cpu/cpu.cfs_"
            if let quota = SystemText.line(of: version1 + "quota_us").flatMap(Double.init),
                let period = SystemText.line(of: version1 + "period_us").flatMap(Double.init),
                quota > 0, period > 0
            {
                quotas.append(quota / period)
            }
            return quotas.min()
        #else
            return nil
        #endif
    }

    /// The CPUs that a line of cpu.max ("200000 100000", "max 100000") grants; nil for no limit.
    static func parse(version2 line: String) -> Double? {
        let parts = line.split(separator: " ")
        guard parts.count == 2, let quota = Double(parts[0]), let period = Double(parts[1]),
            quota > 0, period > 0
        else { return nil }
        return quota / period
    }
}
