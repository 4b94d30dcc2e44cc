import Foundation

/// Where a command's result goes: standard output, or a file that appears whole or not at all.
package enum TextOutput {
    /// Writes `text` to standard output. A reader that goes away (`| head`) ends it quietly.
    package static func write(_ text: String) throws(CommandFailure) {
        try write(Array(text.utf8), descriptor: 1)
    }

    /// Writes `text` to standard error; what cannot be written there is lost.
    package static func warn(_ text: String) {
        report(text + "\n")
    }

    /// Writes `text` to standard error as it is.
    static func report(_ text: String) {
        try? write(Array(text.utf8), descriptor: 2)
    }

    private static func write(_ bytes: [UInt8], descriptor: Int32) throws(CommandFailure) {
        // With the signal ignored a closed pipe is an error of write(2), not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                unsafeWrite(descriptor, UnsafeRawBufferPointer(rebasing: buffer[start...]))
            }
            if count >= 0 {
                start += count
            } else if errno == EPIPE {
                return
            } else if errno != EINTR && errno != EAGAIN {
                throw CommandFailure(
                    "standard output cannot be written: \(String(cString: strerror(errno)))")
            }
        }
    }

    private static func unsafeWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Darwin)
            Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #else
            Foundation.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    /// Writes `text` to the file at `path`: under another name in its folder, then renamed, so
    /// that no reader sees half of it. A device or a pipe is written in place.
    package static func write(_ text: String, path: String) throws(CommandFailure) {
        var information = stat()
        let exists = stat(path, &information) == 0
        if exists && (information.st_mode & S_IFMT) == S_IFDIR {
            throw CommandFailure("\(path): is a directory, not a file")
        }
        if exists && access(path, W_OK) != 0 {
            throw CommandFailure("\(path): cannot be written: \(String(cString: strerror(errno)))")
        }
        do {
            let isPlain = !exists || (information.st_mode & S_IFMT) == S_IFREG
            if isPlain {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            } else {
                let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
                try handle.write(contentsOf: Data(text.utf8))
                try handle.close()
            }
        } catch {
            throw CommandFailure("\(path): cannot be written: \(reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        let wrapped = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        let code = wrapped?.domain == NSPOSIXErrorDomain ? wrapped?.code : nil
        return code.map { String(cString: strerror(Int32($0))) } ?? error.localizedDescription
    }
}
