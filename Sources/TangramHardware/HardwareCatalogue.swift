import CCatalogueData
import TangramDocument

/// Accelerators, links and efficiency profiles by name: the shipped ones, with what users add.
public struct HardwareCatalogue: Sendable {
    /// The accelerators, in catalogue order, a user's own last.
    public internal(set) var accelerators: [Accelerator] = []
    /// The links, in catalogue order, a user's own last.
    public internal(set) var links: [Link] = []
    /// The efficiency profile of each architecture.
    public internal(set) var efficiencyProfiles: [EfficiencyProfile] = []

    // The trees that the entries were read from, in the same order: an override names only the
    // fields it changes and is laid over them.
    var acceleratorNodes: [DocumentNode] = []
    var linkNodes: [DocumentNode] = []
    var profileNodes: [DocumentNode] = []
    var acceleratorIndices: [String: Int] = [:]
    var linkIndices: [String: Int] = [:]
    var profileIndices: [String: Int] = [:]
    /// The profiles as shipped, by architecture.
    var shippedProfiles: [String: EfficiencyProfile] = [:]

    /// An empty catalogue.
    public init() {}

    /// The accelerator of this name or alias, nil where there is none.
    public func accelerator(_ nameOrAlias: String) -> Accelerator? {
        acceleratorIndices[nameOrAlias].map { accelerators[$0] }
    }

    /// The link of this name, nil where there is none.
    public func link(_ name: String) -> Link? { linkIndices[name].map { links[$0] } }

    /// The efficiency profile of an architecture, nil where there is none.
    public func efficiencyProfile(architecture: String) -> EfficiencyProfile? {
        profileIndices[architecture].map { efficiencyProfiles[$0] }
    }

    /// The names and aliases of the accelerators, for near-miss suggestions.
    public var acceleratorNames: [String] { accelerators.flatMap { [$0.id] + $0.aliases } }

    /// The names of the links, for near-miss suggestions.
    public var linkNames: [String] { links.map(\.id) }

    // MARK: Shipped

    /// The catalogue that ships with the package, read once.
    ///
    /// - Throws: ``CatalogueError`` where a data file was damaged when the package was built.
    public static func builtIn() throws(CatalogueError) -> HardwareCatalogue {
        try shipped.get()
    }

    private static let shipped: Result<HardwareCatalogue, CatalogueError> = .init {
        () throws(CatalogueError) -> HardwareCatalogue in
        var catalogue = HardwareCatalogue()
        for file in ["efficiency", "links", "collectives", "accelerators"] {
            let name = "catalogue/\(file).json"
            let node = try document(file, named: name)
            let collector = DiagnosticCollector(file: name)
            let document = DocumentNode(.mapping([.init(key: file, value: node)]))
            catalogue.merge(Cursor(document, collector: collector), isShipped: true)
            if collector.hasErrors { throw .invalid(DiagnosticList(collector.sorted)) }
            if file == "efficiency" {
                for profile in catalogue.efficiencyProfiles {
                    catalogue.shippedProfiles[profile.architecture] = profile
                }
            }
        }
        _ = try OperatorCurveTable.shipped()
        return catalogue
    }

    private static func document(
        _ file: String, named name: String
    ) throws(CatalogueError) -> DocumentNode {
        do {
            return try JSONDocument.parse(bytes(of: file), file: name)
        } catch {
            throw .invalid(error)
        }
    }

    private static func bytes(of file: String) -> [UInt8] {
        func copy(_ start: UnsafePointer<UInt8>, _ count: UInt) -> [UInt8] {
            Array(UnsafeBufferPointer(start: start, count: Int(count)))
        }
        return switch file {
        case "accelerators": copy(tangram_accelerators(), tangram_accelerators_json_count)
        case "links": copy(tangram_links(), tangram_links_json_count)
        case "collectives": copy(tangram_collectives(), tangram_collectives_json_count)
        case "efficiency": copy(tangram_efficiency(), tangram_efficiency_json_count)
        default: []
        }
    }
}
