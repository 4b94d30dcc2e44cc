import CCatalogueData
import TangramDocument
import TangramUnits

extension SoftwareStack {
    /// A shipped stack on an architecture; what was not fitted there is as the stack has it for any.
    /// nil where there is no stack of that name.
    ///
    /// - Throws: ``CatalogueError`` where the data file was damaged when the package was built.
    public static func shipped(
        _ id: String, architecture: String
    ) throws(CatalogueError) -> SoftwareStack? {
        guard let entry = try table.get().first(where: { $0.stack.id == id }) else { return nil }
        return entry.byArchitecture[architecture] ?? entry.stack
    }

    /// The names of the shipped stacks, in order.
    ///
    /// - Throws: ``CatalogueError`` where the data file was damaged when the package was built.
    public static func shippedNames() throws(CatalogueError) -> [String] {
        try table.get().map(\.stack.id)
    }

    private struct Entry: Sendable {
        var stack: SoftwareStack
        var byArchitecture: [String: SoftwareStack] = [:]

        init?(_ cursor: Cursor) {
            let known =
                ["id", "name", "factors", "source"] + SoftwareStack.traits
            guard
                cursor.allowKeys(known), let id = cursor.required("id")?.string(),
                cursor.required("source") != nil, cursor.required("gradient-overlap") != nil,
                cursor.required("host-per-layer") != nil
            else { return nil }
            stack = SoftwareStack(id: id)
            guard stack.read(cursor) else { return nil }
            for item in cursor.list("factors") {
                guard
                    item.allowKeys(
                        [
                            "architecture", "matrix", "attention", "stream", "fitted", "held-out",
                            "median", "held-out-median",
                        ] + SoftwareStack.traits),
                    let architecture = item.required("architecture")?.string()
                else { return nil }
                var own = stack
                guard own.read(item) else { return nil }
                byArchitecture[architecture] = own
            }
        }
    }

    /// What an entry may say beside its name, and again for an architecture.
    private static let traits = [
        "gradient-overlap", "host-per-layer", "host-per-expert-operator", "experts",
        "tensor-overlap", "exchange-overlap", "gather-rate", "merges-copies", "keeps-scores",
        "sequence-parallel", "logit-bytes", "gradient-format", "narrow-weights-only",
        "narrow-scaling", "dispatch-format", "moment-format", "narrow-activations",
        "copies-gathered", "fused-elementwise", "narrow-operands", "expert-outputs", "selection",
        "uncertainty",
    ]

    /// Takes over what is stated; false where it is no such thing.
    private mutating func read(_ cursor: Cursor) -> Bool {
        var isGood = true
        func number(_ key: String, _ range: ClosedRange<Double>, _ take: (Double) -> Void) {
            guard let place = cursor.optional(key) else { return }
            if let value = place.number(in: range) { take(value) } else { isGood = false }
        }
        func time(_ key: String, _ take: (Seconds) -> Void) {
            guard let place = cursor.optional(key) else { return }
            if let value = place.quantity(Seconds.self, in: Seconds(0)...Seconds(1)) {
                take(value)
            } else {
                isGood = false
            }
        }
        func truth(_ key: String, _ take: (Bool) -> Void) {
            guard let place = cursor.optional(key) else { return }
            if let value = place.bool() { take(value) } else { isGood = false }
        }
        number("matrix", 0.01...10) { matrix = $0 }
        number("attention", 0.01...10) { attention = $0 }
        number("stream", 0.01...10) { stream = $0 }
        number("gradient-overlap", 0...1) { gradientOverlap = $0 }
        number("tensor-overlap", 0...1) { tensorOverlap = $0 }
        number("exchange-overlap", 0...1) { exchangeOverlap = $0 }
        number("gather-rate", 0.001...1) { gatherRate = $0 }
        number("logit-bytes", 2...32) { logitBytes = $0 }
        time("host-per-layer") { hostTimePerLayer = $0 }
        time("host-per-expert-operator") { hostTimePerExpertOperator = $0 }
        number("experts", 0.01...10) { experts = $0 }
        number("uncertainty", 0...10) { relativeUncertainty = $0 }
        truth("merges-copies") { mergesCopies = $0 }
        truth("keeps-scores") { keepsScores = $0 }
        truth("narrow-activations") { keepsNarrowActivations = $0 }
        truth("copies-gathered") { copiesGathered = $0 }
        truth("fused-elementwise") { fusesElementwise = $0 }
        truth("sequence-parallel") { isSequenceParallel = $0 }
        truth("narrow-weights-only") { keepsNarrowWeightsOnly = $0 }
        truth("narrow-operands") { keepsNarrowOperands = $0 }
        truth("expert-outputs") { keepsExpertOutputs = $0 }
        func format(_ key: String, _ take: (NumberFormat) -> Void) {
            guard let text = cursor.optional(key)?.string() else { return }
            if let format = NumberFormat(rawValue: text) { take(format) } else { isGood = false }
        }
        format("gradient-format") { gradientFormat = $0 }
        format("moment-format") { momentFormat = $0 }
        format("dispatch-format") { dispatchFormat = $0 }
        if let text = cursor.optional("narrow-scaling")?.string() {
            if let scaling = NarrowScaling(rawValue: text) {
                narrowScaling = scaling
            } else {
                isGood = false
            }
        }
        if let text = cursor.optional("selection")?.string() {
            if let selection = Selection(rawValue: text) {
                self.selection = selection
            } else {
                isGood = false
            }
        }
        return isGood
    }

    private static let table: Result<[Entry], CatalogueError> = .init {
        () throws(CatalogueError) -> [Entry] in
        try shippedEntries(
            "catalogue/stacks.json",
            UnsafeBufferPointer(
                start: tangram_stacks(), count: Int(tangram_stacks_json_count)),
            "stacks", allowed: ["method", "stacks"]
        ) { Entry($0) }
    }
}
