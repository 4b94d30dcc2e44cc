import TangramDocument
import Yams

/// Runs the YAML parser over checked text and turns what it throws into diagnostics.
///
/// The parser stops at the first mapping with a repeated key and names only the first of the two.
/// So the first is disguised (its first character replaced by a mark) and the text parsed again:
/// ``NodeConverter`` then finds both and reports every repetition where it stands.
struct YAMLComposer {
    private var text: SourceText
    private let file: String
    private var disguised: [Unicode.Scalar] = []
    private var lastDuplicate: Diagnostic?

    init(text: SourceText, file: String) {
        self.text = text
        self.file = file
    }

    mutating func document() -> Result<DocumentNode, DiagnosticList> {
        // Each round parses the whole text again, so large files get one.
        let roundLimit = text.bytes.count > 1 << 20 ? 1 : 16
        while true {
            do {
                return try compose()
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let place = Location(line: context.mark.line, column: context.mark.column)
                lastDuplicate = diagnostic(
                    "the key \"\(restore(names.first ?? ""))\" appears twice in one mapping",
                    at: place)
                guard disguised.count < roundLimit, disguise(at: place) else {
                    return failure(lastDuplicate)
                }
            } catch let error as YamlError {
                return failure(diagnostic(for: error))
            } catch {
                return failure(diagnostic("not valid YAML: \(error)", at: nil))
            }
        }
    }

    private func compose() throws -> Result<DocumentNode, DiagnosticList> {
        // The parser owns the anchors that nodes refer to weakly; without rules its resolver
        // leaves every scalar text.
        let parser = try Parser(yaml: text.string, resolver: .basic, encoding: .utf8)
        return try withExtendedLifetime(parser) {
            guard let root = try parser.singleRoot() else {
                return failure(diagnostic("the file is empty", at: nil))
            }
            let collector = DiagnosticCollector(file: file)
            let converter = NodeConverter(collector: collector, restore: restore)
            let document = converter.convert(root)
            if let lastDuplicate, !collector.hasErrors { collector.add(lastDuplicate) }
            guard let document, !collector.hasErrors else {
                return .failure(DiagnosticList(collector.sorted))
            }
            if case .null = document.content {
                return failure(diagnostic("the file is empty", at: nil))
            }
            return .success(document)
        }
    }

    // MARK: Marks

    /// `text` with every mark turned back into what it stands for.
    private func restore(_ text: String) -> String {
        guard text.utf8.contains(0xEE) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let index = Int(scalar.value) - Int(SourceText.firstKeyMark)
            if scalar == SourceText.aliasMark {
                result.append("*")
            } else if disguised.indices.contains(index) {
                result.append(disguised[index])
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// Replaces the first character of the key at `place` by a mark of its own.
    private mutating func disguise(at place: Location) -> Bool {
        let markValue = SourceText.firstKeyMark + UInt32(disguised.count)
        guard var offset = offset(of: place), let mark = Unicode.Scalar(markValue) else {
            return false
        }
        let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'")]
        if quotes.contains(text.bytes[offset]) { offset += 1 }
        guard offset < text.bytes.count else { return false }
        let rest = String(decoding: text.bytes[offset...].prefix(4), as: UTF8.self)
        guard let original = rest.unicodeScalars.first, original != "\n", original != "\"",
            original != "'"
        else { return false }
        let length = String(original).utf8.count
        text.bytes.replaceSubrange(offset..<(offset + length), with: Array(String(mark).utf8))
        disguised.append(original)
        return true
    }

    private func offset(of place: Location) -> Int? {
        var line = 1
        var column = 1
        for (offset, byte) in text.bytes.enumerated() {
            if line == place.line && column == place.column && byte & 0xC0 != 0x80 { return offset }
            if line > place.line { return nil }
            let next = offset + 1 < text.bytes.count ? text.bytes[offset + 1] : 0
            if byte == 0x0A || (byte == 0x0D && next != 0x0A) {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return nil
    }

    // MARK: Messages

    private func diagnostic(for error: YamlError) -> Diagnostic {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = Location(line: mark.line, column: mark.column)
            if problem.contains("another document") {
                return diagnostic(
                    "a second document starts here; a file holds one", at: place)
            }
            if problem.contains("nesting level") {
                return diagnostic(
                    "nested deeper than \(YAMLDocument.depthLimit) levels", at: place)
            }
            let note = context.map { "\($0.text) that starts at line \($0.mark.line)" }
            return diagnostic("not valid YAML: \(problem)", at: place, note: note)
        case .reader(let problem, _, _, _):
            return diagnostic("not valid YAML: \(problem)", at: nil)
        default:
            return diagnostic("not valid YAML: \(error)", at: nil)
        }
    }

    private func diagnostic(
        _ message: String, at place: Location?, note: String? = nil
    ) -> Diagnostic {
        Diagnostic(file: file, location: place, message: message, note: note)
    }

    private func failure(_ problem: Diagnostic?) -> Result<DocumentNode, DiagnosticList> {
        .failure(DiagnosticList(problem.map { [$0] } ?? []))
    }
}
