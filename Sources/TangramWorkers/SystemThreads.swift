#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A mutex with condition variables, in memory that does not move.
final class Monitor: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    init() {
        mutex = .allocate(capacity: 1)
        precondition(pthread_mutex_init(mutex, nil) == 0, "no mutex")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func withLock<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// A condition of this monitor; to be waited for inside of `withLock` only.
    final class Condition: @unchecked Sendable {
        private let condition: UnsafeMutablePointer<pthread_cond_t>

        init() {
            condition = .allocate(capacity: 1)
            precondition(pthread_cond_init(condition, nil) == 0, "no condition variable")
        }

        deinit {
            pthread_cond_destroy(condition)
            condition.deallocate()
        }

        func wait(in monitor: Monitor) { pthread_cond_wait(condition, monitor.mutex) }
        func signal() { pthread_cond_signal(condition) }
        func broadcast() { pthread_cond_broadcast(condition) }
    }
}

/// Bytes of stack of each thread: what main threads usually have, as deep recursion expects.
private let stackByteCount = 8 << 20

/// Starts a detached thread that runs `body`; gives 0, or an errno value where there is no thread.
func startThread(_ body: @escaping @Sendable () -> Void) -> Int32 {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return ENOMEM }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackByteCount)
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    let box = Unmanaged.passRetained(Box(body))
    #if canImport(Darwin)
        var thread: pthread_t?
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
    #else
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
    #endif
    if code != 0 { box.release() }
    return code
}

/// Whether this thread is inside a body that a pool runs.
///
/// A `run` from there stays on its thread: waiting for workers that wait for it would never end.
enum RunningBody {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no thread-specific key")
        return key
    }()

    static var isCurrent: Bool { pthread_getspecific(key) != nil }

    static func perform(_ body: () -> Void) {
        let outer = pthread_getspecific(key)
        pthread_setspecific(key, UnsafeRawPointer(bitPattern: 1))
        body()
        pthread_setspecific(key, outer)
    }
}

/// How many CPUs the system has online.
package func countOnlineCPUs() -> Int {
    max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))
}
