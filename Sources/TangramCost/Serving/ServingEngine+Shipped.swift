import CCatalogueData
import TangramDocument
public import TangramHardware
import TangramUnits

extension ServingEngine {
    /// A shipped engine on an architecture; what was not fitted there is as on others. nil where
    /// there is no engine of that name.
    ///
    /// - Throws: ``CatalogueError`` where the data file was damaged when the package was built.
    public static func shipped(
        _ id: String, architecture: String = ""
    ) throws(CatalogueError) -> ServingEngine? {
        try entry(id)?.engine(architecture: architecture)
    }

    /// A shipped engine on an accelerator; one without figures of single architectures was fitted to its
    /// vendor's as a whole. nil where there is no engine of that name.
    ///
    /// - Throws: ``CatalogueError`` where the data file was damaged when the package was built.
    public static func shipped(
        _ id: String, on accelerator: Accelerator
    ) throws(CatalogueError) -> ServingEngine? {
        try entry(id)?.engine(on: accelerator)
    }

    private static func entry(_ id: String) throws(CatalogueError) -> Entry? {
        try table.get().first { $0.engine.id == id }
    }

    /// The newest generation of the engine that the accelerators of a vendor are usually served with;
    /// what plans and estimates count where a job names none.
    ///
    /// ``ideal`` where the data file was damaged when the package was built.
    public static func usual(on accelerator: Accelerator) -> ServingEngine {
        guard let entries = try? table.get() else { return .ideal }
        let own = entries.first { $0.vendors.contains(accelerator.vendor) }
        return (own ?? entries.first { $0.vendors.contains(anyVendor) })?.engine(on: accelerator)
            ?? .ideal
    }

    /// What the table calls vendors that no engine names.
    private static let anyVendor = "*"

    /// The engine with its figures on `accelerator`, where it follows accelerators.
    func resolved(on accelerator: Accelerator) -> ServingEngine {
        guard followsAccelerator else { return self }
        var engine =
            id == Self.current.id
            ? .usual(on: accelerator)
            : (try? .shipped(id, on: accelerator)) ?? self
        engine.followsAccelerator = true
        return engine
    }

    /// The names of the shipped engines.
    ///
    /// - Throws: ``CatalogueError`` where the data file was damaged when the package was built.
    public static func shippedNames() throws(CatalogueError) -> [String] {
        try table.get().map(\.engine.id)
    }

    private struct Factors: Sendable {
        var launchShare: Double
        var decodeStretch: Double
        var prefillStretch: Double
        var hostPerRequest: Seconds
        var stepsBeforePrefill: Double

        init?(_ cursor: Cursor) {
            let rate: (Cursor) -> Double? = { $0.number(in: 0...10) }
            guard let launch = cursor.required("launch-share").flatMap(rate),
                let decode = cursor.required("decode-stretch").flatMap(rate),
                let prefill = cursor.required("prefill-stretch").flatMap(rate),
                let request = cursor.required("host-per-request")?.quantity(
                    Seconds.self, in: Seconds(0)...Seconds(10)),
                let steps = cursor.required("steps-before-prefill")?.number(in: 0...1_000)
            else { return nil }
            (launchShare, decodeStretch, prefillStretch) = (launch, decode, prefill)
            (hostPerRequest, stepsBeforePrefill) = (request, steps)
        }
    }

    private struct Entry: Sendable {
        var engine: ServingEngine
        var factors: [String: Factors] = [:]
        /// Vendors whose accelerators are usually served with it.
        var vendors: [String] = []

        func engine(architecture: String) -> ServingEngine {
            var engine = engine
            if let factors = factors[architecture] {
                engine.launchShare = factors.launchShare
                engine.decodeStretch = factors.decodeStretch
                engine.prefillStretch = factors.prefillStretch
                engine.hostPerRequest = factors.hostPerRequest
                engine.stepsBeforePrefill = factors.stepsBeforePrefill
                engine.isFitted = true
            }
            return engine
        }

        func engine(on accelerator: Accelerator) -> ServingEngine {
            var engine = engine(architecture: accelerator.architecture)
            if factors.isEmpty, vendors.contains(accelerator.vendor) { engine.isFitted = true }
            return engine
        }

        init?(_ cursor: Cursor) {
            let time: (Cursor) -> Seconds? = {
                $0.quantity(Seconds.self, in: Seconds(0)...Seconds(10))
            }
            guard
                cursor.allowKeys([
                    "id", "name", "prefill-chunk", "mixes-prefill", "batch-limit",
                    "overlaps-batches",
                    "host-per-step", "host-per-sequence", "host-per-prompt", "bunching",
                    "host-per-request", "steps-before-prefill",
                    "launch-share",
                    "decode-stretch", "prefill-stretch", "expert-imbalance", "acceptance", "drafts",
                    "uncertainty", "factors", "source", "usual-for",
                ]),
                let id = cursor.required("id")?.string(), cursor.required("source") != nil,
                let chunk = cursor.required("prefill-chunk")?.integer(in: 1...1_000_000),
                let mixes = cursor.required("mixes-prefill")?.bool(),
                let overlaps = cursor.required("overlaps-batches")?.bool(),
                let batch = cursor.required("batch-limit")?.integer(in: 1...1_000_000),
                let step = cursor.required("host-per-step").flatMap(time),
                let sequence = cursor.required("host-per-sequence").flatMap(time),
                let bunching = cursor.required("bunching")?.number(in: 0...10),
                let prefill = cursor.required("host-per-prompt").flatMap(time),
                let common = Factors(cursor),
                let imbalance = cursor.required("expert-imbalance")?.number(in: 1...10),
                let drafts = cursor.required("drafts")?.integer(in: 0...16),
                let acceptance = cursor.required("acceptance")?.number(in: 0...1),
                let uncertainty = cursor.required("uncertainty")?.number(in: 0...10)
            else { return nil }
            engine = ServingEngine(id: id)
            engine.prefillChunk = chunk
            engine.mixesPrefill = mixes
            engine.batchLimit = batch
            engine.overlapsBatches = overlaps
            engine.hostPerStep = step
            engine.hostPerSequence = sequence
            engine.bunching = bunching
            engine.hostPerPrompt = prefill
            engine.hostPerRequest = common.hostPerRequest
            engine.stepsBeforePrefill = common.stepsBeforePrefill
            engine.launchShare = common.launchShare
            engine.decodeStretch = common.decodeStretch
            engine.prefillStretch = common.prefillStretch
            engine.expertImbalance = imbalance
            engine.draftAcceptance = acceptance
            engine.draftCount = drafts
            engine.uncertainty = uncertainty
            vendors = cursor.optional("usual-for").flatMap { $0.strings() } ?? []
            for item in cursor.list("factors") {
                guard
                    item.allowKeys([
                        "architecture", "launch-share", "decode-stretch", "prefill-stretch",
                        "host-per-request", "steps-before-prefill",
                        "fitted", "held-out", "median", "held-out-median",
                    ]), let architecture = item.required("architecture")?.string(),
                    let own = Factors(item)
                else { return nil }
                factors[architecture] = own
            }
        }
    }

    private static let table: Result<[Entry], CatalogueError> = .init {
        () throws(CatalogueError) -> [Entry] in
        try shippedEntries(
            "catalogue/engines.json",
            UnsafeBufferPointer(
                start: tangram_engines(), count: Int(tangram_engines_json_count)),
            "engines", allowed: ["method", "engines"]
        ) { Entry($0) }
    }
}
