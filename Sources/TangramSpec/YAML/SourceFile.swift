public import Foundation
public import TangramDocument

/// Reads files that people name, refusing what no specification can be.
public enum SourceFile {
    /// The largest file that is read.
    public static let sizeLimit = 8 << 20

    /// The contents of the file at `path`.
    ///
    /// A pipe works too. At most one byte more than ``sizeLimit`` is read, so that an endless
    /// device ends in an error.
    ///
    /// - Throws: One diagnostic where the file is missing, a directory, unreadable or too large.
    public static func read(_ path: String) throws(DiagnosticList) -> Data {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw problem(path, "no such file")
        }
        guard !isDirectory.boolValue else {
            throw problem(path, "is a directory, not a file")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw problem(path, "cannot be read", note: "check its permissions")
        }
        defer { try? handle.close() }
        var data = Data()
        do {
            while data.count <= sizeLimit,
                let part = try handle.read(upToCount: sizeLimit + 1 - data.count), !part.isEmpty
            {
                data.append(part)
            }
        } catch {
            throw problem(path, "cannot be read", note: error.localizedDescription)
        }
        if data.count > sizeLimit { throw tooLarge(path, size: fileSize(path)) }
        return data
    }

    /// `path` as seen from the directory of `file`.
    public static func resolve(_ path: String, relativeTo file: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }

    static func tooLarge(_ file: String, size: Int?) -> DiagnosticList {
        let amount = size.map { " of \($0) bytes" } ?? ""
        return problem(
            file, "the file\(amount) is larger than the limit of 8 MiB (\(sizeLimit) bytes)")
    }

    private static func fileSize(_ path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
        return size > sizeLimit ? size : nil
    }

    static func problem(_ file: String, _ message: String, note: String? = nil) -> DiagnosticList {
        DiagnosticList([Diagnostic(file: file, location: nil, message: message, note: note)])
    }
}
