public import TangramDocument
public import TangramHardware
public import TangramModels
public import TangramPlacement
import TangramUnits

/// Reads a scenario from a document, reporting everything that is wrong with it.
public struct ScenarioReader {
    /// The version of the format that is read.
    public static let formatVersion = 1

    let hardware: HardwareCatalogue
    let models: ModelLibrary
    let collector: DiagnosticCollector

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - hardware: The accelerators and links that scenarios may name.
    ///   - models: The models that scenarios may name.
    ///   - collector: Where problems go; its file is what paths in the document are relative to.
    public init(
        hardware: HardwareCatalogue, models: ModelCatalogue, collector: DiagnosticCollector
    ) {
        self.hardware = hardware
        self.models = ModelLibrary(catalogue: models, file: collector.file)
        self.collector = collector
    }

    /// The scenario in `root`; nil where the collector holds an error afterwards.
    public func read(_ root: DocumentNode) -> Scenario? {
        let cursor = Cursor(Self.withoutPrivateKeys(root), collector: collector)
        guard
            cursor.allowKeys([
                "tangram", "name", "date", "catalog", "cluster", "jobs", "policy", "quotas",
                "horizon", "migration", "objective", "simulation",
            ])
        else { return nil }
        if let version = cursor.required("tangram")?.integer(), version != Self.formatVersion {
            cursor.optional("tangram")?.fail(
                "format version \(version) is not known",
                note: "this version of Tangram reads \(Self.formatVersion)")
        }
        let name = cursor.optional("name")?.words() ?? "scenario"
        let date = cursor.optional("date")?.date()
        let names = DeclaredNames(root)
        let clusterReader = ClusterReader(
            hardware: hardware, names: names, date: date,
            hasDate: cursor.optional("date") != nil)
        let cluster = cursor.required("cluster").flatMap {
            clusterReader.read($0, name: name)
        }
        let selectors = SelectorReader(hardware: hardware, models: models, names: names)
        let rules = PolicyReader(selectors: selectors, cluster: cluster)
        let affinityReader = AffinityReader(selectors: selectors)
        let policyItems = cursor.optional("policy").flatMap { $0.items() } ?? []
        let affinities = policyItems.filter(AffinityReader.isAffinity)
            .compactMap(affinityReader.rule)
        let policy = policyItems.filter { !AffinityReader.isAffinity($0) }
            .compactMap { rules.rule($0, allowsFor: true) }
        let migration = cursor.optional("migration").flatMap(PlacedReader.migration)
        let jobReader = JobReader(models: models, rules: rules, cluster: cluster)
        let jobs = cursor.required("jobs").map { jobReader.jobs($0) } ?? []
        let objective = cursor.optional("objective").flatMap(ObjectiveReader.read) ?? Objective()
        let quotas = cursor.optional("quotas").map {
            QuotaReader(selectors: selectors, names: names).quotas($0)
        }

        let horizon = cursor.optional("horizon")?.positive(
            Seconds.self, upTo: Seconds.day * 3_660)

        let conditions = cursor.optional("simulation").map {
            ConditionsReader(cluster: cluster, names: names).read($0)
        }

        PolicyConflicts(policy: policy).report(for: jobs)
        AffinityReader.report(affinities, for: jobs)
        PlacedReader.report(jobs)
        if let cluster, !collector.hasErrors {
            FeasibilityCheck(cluster: cluster, policy: policy.map(\.rule)).report(for: jobs)
        }
        guard let cluster, !collector.hasErrors else { return nil }
        var scenario = Scenario(
            name: name, date: date, cluster: cluster, jobs: jobs.map(\.job),
            policy: policy.map(\.rule), objective: objective, quotas: quotas ?? [],
            horizon: horizon,
            affinities: affinities.map(\.rule), migration: migration)
        if let conditions { scenario.conditions = conditions }
        return scenario
    }

    /// `root` without keys that start with `x-`, which are a place for anchors.
    private static func withoutPrivateKeys(_ root: DocumentNode) -> DocumentNode {
        guard case .mapping(let entries) = root.content else { return root }
        return DocumentNode(
            .mapping(entries.filter { !$0.key.hasPrefix("x-") }), location: root.location)
    }
}
