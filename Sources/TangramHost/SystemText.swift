#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The environment of the process.
enum Environment {
    /// The variable's value; nil where it is unset or empty.
    static func value(_ name: String) -> String? {
        guard let text = getenv(name), text.pointee != 0 else { return nil }
        return String(cString: text)
    }
}

/// Small text files of the kernel, and their notations.
enum SystemText {
    /// The whole text of a file of /sys or /proc; nil where it cannot be read.
    static func contents(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first line of a file, without spaces around it.
    static func line(of path: String) -> String? {
        contents(of: path)?.split(separator: "\n").first.map { trim($0) }
    }

    /// The text behind the colon of the first line that starts with `key`.
    static func value(of key: String, in text: String) -> String? {
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            return trim(line[line.index(after: colon)...])
        }
        return nil
    }

    /// The text without spaces and tabs at its ends.
    static func trim(_ text: some StringProtocol) -> String {
        var slice = Substring(text)
        while let first = slice.first, first.isWhitespace { slice.removeFirst() }
        while let last = slice.last, last.isWhitespace { slice.removeLast() }
        return String(slice)
    }

    /// The numbers that the kernel's list notation ("0-3,8,10-11") names, ascending; nil where the
    /// text is none.
    static func numbers(inList text: String) -> [Int]? {
        var result: [Int] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            guard let first = ends.first.flatMap({ Int(trim($0)) }), first >= 0,
                ends.count <= 2, let last = ends.last.flatMap({ Int(trim($0)) }),
                last >= first, last - first < 1 << 16
            else { return nil }
            result += first...last
        }
        return result.sorted()
    }

    /// `numbers` (ascending) in the kernel's list notation: "0-3,8".
    static func list(_ numbers: [Int]) -> String {
        var parts: [String] = []
        var start = 0
        while start < numbers.count {
            var end = start
            while end + 1 < numbers.count && numbers[end + 1] == numbers[end] + 1 { end += 1 }
            parts.append(
                start == end ? "\(numbers[start])" : "\(numbers[start])-\(numbers[end])")
            start = end + 1
        }
        return parts.joined(separator: ",")
    }

    /// The bytes that "32768K" of /sys or "16384 kB" of /proc means; both count in 1024.
    static func byteCount(_ text: String) -> Int? {
        let digits = text.prefix { $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let factor: Int
        switch trim(text.dropFirst(digits.count)) {
        case "": factor = 1
        case "K", "kB": factor = 1 << 10
        case "M": factor = 1 << 20
        case "G": factor = 1 << 30
        default: return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
