/// Why workers or their memory could not be had.
public enum WorkerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A number of workers outside of 1 to ``ThreadWorkers/maximumCount``.
    case invalidWorkerCount(Int)
    /// The system gave no thread for the worker; `code` is the errno value.
    case threadCreationFailed(worker: Int, code: Int32)
    /// No memory of that size for the worker.
    case allocationFailed(byteCount: Int, worker: Int)

    /// The message for people: what failed, its value, and what to do.
    public var description: String {
        switch self {
        case .invalidWorkerCount(let count):
            "\(count) workers: the number must be from 1 to \(ThreadWorkers.maximumCount)"
        case .threadCreationFailed(let worker, let code):
            "the system gave no thread for worker \(worker) (errno \(code)); "
                + "use fewer workers or raise the limit of processes (ulimit -u)"
        case .allocationFailed(let byteCount, let worker):
            "no memory: \(byteCount) bytes for worker \(worker)"
        }
    }
}
