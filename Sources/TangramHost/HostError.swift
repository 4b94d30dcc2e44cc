public import TangramWorkers

/// What is wrong with a wish about this machine, or with the machine.
public enum HostError: Error, Hashable, Sendable, CustomStringConvertible {
    /// TANGRAM_THREADS is not a number of threads.
    case invalidThreadLimit(String)
    /// A number of threads that cannot be asked for.
    case invalidThreadCount(Int)
    /// TANGRAM_SIMD names no instruction set.
    case unknownSIMDLevel(String)
    /// TANGRAM_SIMD names an instruction set that this build or processor does not have.
    case unsupportedSIMDLevel(SIMDLevel, detected: SIMDLevel)
    /// Pinned workers are not possible here.
    case numaUnavailable(NUMAAvailability)
    /// The system did not let a thread be kept on a CPU; `code` is the errno value.
    case pinningFailed(cpu: Int, code: Int32)
    /// The threads or their memory could not be had.
    case workers(WorkerError)

    /// The message for people: what is wrong, its value, then what is allowed.
    public var description: String {
        switch self {
        case .invalidThreadLimit(let text):
            "\(HostWorkers.threadLimitVariable)=\"\(text)\": write a whole number from 1 to "
                + "\(ThreadWorkers.maximumCount), or unset it for one thread per CPU"
        case .invalidThreadCount(let count):
            "\(count) threads: the number must be from 1 to \(ThreadWorkers.maximumCount)"
        case .unknownSIMDLevel(let text):
            "\(SIMDLevel.environmentVariable)=\"\(text)\" is no instruction set; write one of "
                + SIMDLevel.allCases.map(\.rawValue).joined(separator: ", ")
                + ", or unset it for the widest"
        case .unsupportedSIMDLevel(let level, let detected):
            "\(SIMDLevel.environmentVariable)=\(level.rawValue): this processor or build does not "
                + "have \(level.name); the widest it has is \(detected.rawValue)"
        case .numaUnavailable(let availability):
            "workers cannot be placed per NUMA node: \(availability.reason)"
        case .pinningFailed(let cpu, let code):
            "the system did not let a thread be kept on CPU \(cpu) (errno \(code))"
        case .workers(let error): error.description
        }
    }
}
