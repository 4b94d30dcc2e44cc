import TangramDocument
import Yams

/// Turns the parser's nodes into ``DocumentNode``, expanding aliases and merge keys within limits.
final class NodeConverter {
    /// A node that aliases can name, and what it costs to repeat it.
    private struct Anchored {
        var node: DocumentNode
        var nodeCount: Int
        var height: Int
    }

    private let collector: DiagnosticCollector
    private let restore: (String) -> String
    private var anchored: [String: Anchored] = [:]
    private var nodeCount = 0
    private var hasStopped = false
    private var deepest = 0

    init(collector: DiagnosticCollector, restore: @escaping (String) -> String) {
        self.collector = collector
        self.restore = restore
    }

    /// The tree below `root`; nil after reporting where a limit was passed.
    func convert(_ root: Node) -> DocumentNode? {
        let document = convert(root, depth: 1)
        return hasStopped ? nil : document
    }

    private func convert(_ node: Node, depth: Int) -> DocumentNode {
        let place = node.mark.map { Location(line: $0.line, column: $0.column) }
        guard !hasStopped, count(1, depth: depth, at: place) else {
            return DocumentNode(.null, location: place)
        }
        let countBefore = nodeCount
        let deepestOutside = deepest
        deepest = depth
        let result: DocumentNode
        switch node {
        case .scalar(let scalar):
            result = convert(scalar, depth: depth, at: place)
        case .sequence(let sequence):
            refuse(sequence.tag, allowed: "tag:yaml.org,2002:seq", at: place)
            let nodes = sequence.map { convert($0, depth: depth + 1) }
            result = DocumentNode(.sequence(nodes), location: place)
        case .mapping(let mapping):
            refuse(mapping.tag, allowed: "tag:yaml.org,2002:map", at: place)
            result = DocumentNode(.mapping(entries(of: mapping, depth: depth)), location: place)
        case .alias:
            result = DocumentNode(.null, location: place)
        }
        if let anchor = node.anchorName {
            anchored[anchor] = Anchored(
                node: result, nodeCount: nodeCount - countBefore + 1, height: deepest - depth + 1)
        }
        deepest = max(deepest, deepestOutside)
        return result
    }

    private func convert(
        _ scalar: Node.Scalar, depth: Int, at place: Location?
    ) -> DocumentNode {
        let tag = scalar.tag.description
        let isPlain = scalar.style == .plain && !tag.hasSuffix(":str")
        let core =
            ["", "!", "tag:yaml.org,2002:str"]
            + ["int", "float", "bool", "null"].map { "tag:yaml.org,2002:" + $0 }
        if !core.contains(tag) {
            fail("the tag \"\(shortName(of: tag))\" is not supported", at: place)
        }
        if isPlain, scalar.string.unicodeScalars.first == SourceText.aliasMark {
            return alias(String(scalar.string.unicodeScalars.dropFirst()), depth: depth, at: place)
        }
        if isPlain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) {
            return DocumentNode(.null, location: place)
        }
        return DocumentNode(.scalar(restore(scalar.string), isPlain: isPlain), location: place)
    }

    private func alias(_ name: String, depth: Int, at place: Location?) -> DocumentNode {
        guard let target = anchored[name] else {
            let note = nearest(to: name, among: anchored.keys.sorted())
                .map { "did you mean \"*\($0)\"?" }
            fail("no anchor \"&\(restore(name))\" before this alias", at: place, note: note)
            return DocumentNode(.null, location: place)
        }
        guard count(target.nodeCount, depth: depth + target.height - 1, at: place) else {
            return DocumentNode(.null, location: place)
        }
        deepest = max(deepest, depth + target.height - 1)
        return target.node
    }

    // MARK: Mappings

    private func entries(of mapping: Node.Mapping, depth: Int) -> [DocumentNode.Entry] {
        var entries: [DocumentNode.Entry] = []
        var merges: [DocumentNode] = []
        var seen: [String: Location?] = [:]
        for (key, value) in mapping {
            let place = key.mark.map { Location(line: $0.line, column: $0.column) }
            guard case .scalar(let scalar) = key,
                scalar.style != .plain
                    || scalar.string.unicodeScalars.first != SourceText.aliasMark
            else {
                fail("a key must be text, not a list, a mapping or an alias", at: place)
                continue
            }
            let name = restore(scalar.string)
            if scalar.style == .plain && name == "<<" {
                merges.append(convert(value, depth: depth + 1))
                continue
            }
            if let first = seen.updateValue(place, forKey: name) {
                fail(
                    "the key \"\(name)\" appears twice in one mapping", at: place,
                    note: first.map { "first at line \($0.line)" })
                continue
            }
            entries.append(
                DocumentNode.Entry(
                    key: name, keyLocation: place, value: convert(value, depth: depth + 1)))
        }
        for merge in merges { add(merge, to: &entries, seen: &seen) }
        return entries
    }

    /// Adds the entries of the mapping, or mappings, under a merge key that are not there yet.
    private func add(
        _ merge: DocumentNode, to entries: inout [DocumentNode.Entry],
        seen: inout [String: Location?]
    ) {
        switch merge.content {
        case .mapping(let merged):
            for entry in merged where seen[entry.key] == nil {
                seen[entry.key] = .some(entry.keyLocation)
                entries.append(entry)
            }
        case .sequence(let nodes):
            for node in nodes {
                if case .mapping = node.content {
                    add(node, to: &entries, seen: &seen)
                } else {
                    fail("\"<<\" merges mappings, not \(node.kindName)", at: node.location)
                }
            }
        default:
            if !hasStopped {
                fail("\"<<\" merges mappings, not \(merge.kindName)", at: merge.location)
            }
        }
    }

    // MARK: Limits and messages

    private func count(_ added: Int, depth: Int, at place: Location?) -> Bool {
        nodeCount += added
        if depth > YAMLDocument.depthLimit {
            stop("nested deeper than \(YAMLDocument.depthLimit) levels", at: place)
            return false
        }
        if nodeCount > YAMLDocument.nodeLimit {
            stop(
                "more than \(YAMLDocument.nodeLimit) values with aliases expanded", at: place)
            return false
        }
        return true
    }

    private func stop(_ message: String, at place: Location?) {
        if !hasStopped { fail(message, at: place) }
        hasStopped = true
    }

    private func refuse(_ tag: Tag, allowed: String, at place: Location?) {
        let name = tag.description
        if !["", "!", allowed].contains(name) {
            fail("the tag \"\(shortName(of: name))\" is not supported", at: place)
        }
    }

    private func shortName(of tag: String) -> String {
        let core = "tag:yaml.org,2002:"
        return restore(tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag)
    }

    private func fail(_ message: String, at place: Location?, note: String? = nil) {
        collector.add(
            Diagnostic(file: collector.file, location: place, message: message, note: note))
    }
}
