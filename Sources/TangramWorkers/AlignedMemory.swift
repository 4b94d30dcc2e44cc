#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Zeroed memory on cache lines of its own.
package enum AlignedMemory {
    /// Bytes of a cache line on x86-64, and of one AVX-512 vector.
    package static let alignment = 64

    /// Zeroed memory of `byteCount` bytes (at least 0), freed by `deallocate`.
    package static func allocate(
        byteCount: Int, worker: Int
    ) throws(WorkerError) -> UnsafeMutableRawPointer {
        precondition(byteCount >= 0)
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, alignment, max(byteCount, 1)) == 0, let pointer else {
            throw .allocationFailed(byteCount: byteCount, worker: worker)
        }
        memset(pointer, 0, byteCount)
        return pointer
    }

    /// Frees memory that `allocate` gave.
    package static func deallocate(_ pointer: UnsafeMutableRawPointer) { free(pointer) }
}
