/// Threads that stay alive and run one body at a time, each with its own index.
///
/// What ``ThreadWorkers`` and the pinned workers of TangramHost are made of. Threads hold the team,
/// so its owner must call `stop()`.
package final class ThreadTeam: @unchecked Sendable {
    package typealias Body = @Sendable (Int) -> Void

    /// Indexes of the workers that have a thread; a lower index belongs to the caller of `run`.
    private let threadIndexes: Range<Int>
    private let running = Monitor()
    private let monitor = Monitor()
    private let wake = Monitor.Condition()
    private let done = Monitor.Condition()
    // Guarded by `monitor`.
    private var generation = 0
    private var pendingCount = 0
    private var body: Body?
    private var isStopping = false
    private var setUpFailure: (worker: Int, code: Int32)?

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - workerCount: workers, at least 1.
    ///   - callerIsFirstWorker: whether worker 0 is the thread that calls `run`.
    ///   - setUp: called first on each thread with its index; anything but 0 is an errno value
    ///     and makes the start fail.
    package init(
        workerCount: Int, callerIsFirstWorker: Bool,
        setUp: @escaping @Sendable (Int) -> Int32 = { _ in 0 }
    ) throws(StartFailure) {
        threadIndexes = (callerIsFirstWorker ? 1 : 0)..<workerCount
        pendingCount = threadIndexes.count
        for index in threadIndexes {
            let code = startThread { [self] in
                let code = setUp(index)
                report(setUp: code, of: index)
                serve(index)
            }
            if code != 0 {
                stop()
                throw .noThread(worker: index, code: code)
            }
        }
        let failure = monitor.withLock {
            while pendingCount > 0 { done.wait(in: monitor) }
            return setUpFailure
        }
        if let failure {
            stop()
            throw .setUp(worker: failure.worker, code: failure.code)
        }
    }

    /// Why a team did not start.
    package enum StartFailure: Error {
        /// The system gave no thread.
        case noThread(worker: Int, code: Int32)
        /// The set-up of a thread failed.
        case setUp(worker: Int, code: Int32)
    }

    /// Ends the threads once they are idle; no `run` may follow.
    package func stop() {
        monitor.withLock {
            isStopping = true
            wake.broadcast()
        }
    }

    /// Runs `body` once per worker and returns when all calls ended.
    package func run(_ body: Body) {
        let workerCount = threadIndexes.upperBound
        if RunningBody.isCurrent || threadIndexes.isEmpty {
            for index in 0..<workerCount { body(index) }
            return
        }
        running.withLock {
            withoutActuallyEscaping(body) { escapable in
                monitor.withLock {
                    self.body = escapable
                    pendingCount = threadIndexes.count
                    generation &+= 1
                    wake.broadcast()
                }
                if threadIndexes.lowerBound > 0 { RunningBody.perform { escapable(0) } }
                monitor.withLock {
                    while pendingCount > 0 { done.wait(in: monitor) }
                    self.body = nil
                }
            }
        }
    }

    private func report(setUp code: Int32, of index: Int) {
        monitor.withLock {
            if code != 0 && setUpFailure == nil { setUpFailure = (index, code) }
            finishOne()
        }
    }

    private func serve(_ index: Int) {
        var seen = 0
        while true {
            let hasWork = monitor.withLock {
                while generation == seen && !isStopping { wake.wait(in: monitor) }
                if generation == seen { return false }
                seen = generation
                return true
            }
            guard hasWork else { return }
            perform(index)
            monitor.withLock { finishOne() }
        }
    }

    private func finishOne() {
        pendingCount -= 1
        if pendingCount == 0 { done.broadcast() }
    }

    /// Its own function, so that the reference to the body is gone when the worker reports.
    @inline(never)
    private func perform(_ index: Int) {
        guard let body = monitor.withLock({ self.body }) else { return }
        RunningBody.perform { body(index) }
    }
}
