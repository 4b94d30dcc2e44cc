/// Whether workers and their memory can be placed per NUMA node here, and why not.
public enum NUMAAvailability: Hashable, Sendable, CustomStringConvertible {
    /// Several nodes, and libnuma works.
    case available(nodeCount: Int)
    /// libnuma works, and there is nothing to choose between.
    case oneNode
    /// numa_available() says no: a kernel without NUMA, or a container that forbids its calls.
    case noKernelSupport
    /// The package was built without the NUMA trait.
    case builtWithoutTrait
    /// libnuma is for Linux.
    case notUsedOnThisSystem

    /// Whether placing makes a difference here.
    public var isAvailable: Bool {
        if case .available = self { true } else { false }
    }

    /// Why placing is possible or not, in a few words.
    public var reason: String {
        switch self {
        case .available(let nodeCount): "\(nodeCount) NUMA nodes"
        case .oneNode: "one NUMA node"
        case .noKernelSupport:
            "kernel has no NUMA support, or this container forbids its calls"
        case .builtWithoutTrait: "built without the NUMA trait"
        case .notUsedOnThisSystem:
            #if os(macOS)
                "libnuma is not used on macOS"
            #else
                "libnuma is not used on this system"
            #endif
        }
    }

    /// The same as ``reason``.
    public var description: String { reason }
}
