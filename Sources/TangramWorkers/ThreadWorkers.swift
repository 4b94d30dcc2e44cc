/// Workers on threads that the system schedules as it likes, memory wherever it likes.
///
/// Worker 0 is the thread that calls ``run(_:)``; the others are threads that live as long as the
/// pool and sleep between runs. Runs from different threads follow one another.
public final class ThreadWorkers: WorkerPool {
    /// The largest number of workers that can be asked for: more is taken for a typing error.
    public static let maximumCount = 4_096

    /// How many workers there are.
    public let workerCount: Int
    private let team: ThreadTeam

    /// Starts the threads.
    ///
    /// - Parameter count: workers, 1 to ``maximumCount``; nil means one per CPU online.
    /// - Throws: ``WorkerError/invalidWorkerCount(_:)`` or
    ///   ``WorkerError/threadCreationFailed(worker:code:)``.
    public init(count: Int? = nil) throws(WorkerError) {
        let count = count ?? min(countOnlineCPUs(), Self.maximumCount)
        guard (1...Self.maximumCount).contains(count) else { throw .invalidWorkerCount(count) }
        workerCount = count
        do {
            team = try ThreadTeam(workerCount: count, callerIsFirstWorker: true)
        } catch {
            switch error {
            case .noThread(let worker, let code), .setUp(let worker, let code):
                throw .threadCreationFailed(worker: worker, code: code)
            }
        }
    }

    deinit { team.stop() }

    /// Runs `body` once per worker, in parallel; returns when all ended.
    public func run(_ body: @Sendable (Int) -> Void) { team.run(body) }
}
