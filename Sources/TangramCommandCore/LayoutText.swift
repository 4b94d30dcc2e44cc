package import Tangram

/// A layout as people write it on a command line: "tp=8,pp=4,ep=8,mb=1,recompute=selective".
package struct LayoutText: Hashable, Sendable {
    /// The values by key, keys in lower case.
    private var values: [String: String] = [:]

    private static let training = [
        "tp", "pp", "vpp", "cp", "dp", "ep", "etp", "zero", "mb", "recompute", "schedule",
        "exchange", "last", "shard",
    ]
    private static let serving = ["tp", "pp", "dp", "cp", "ep", "weights", "kv"]

    /// Reads `text`.
    ///
    /// - Throws: Where it is not a list of `key=value`, or a key comes twice.
    package init(_ text: String) throws(CommandFailure) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "=", omittingEmptySubsequences: false)
                .map { $0.trimmed }
            guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else {
                throw CommandFailure(
                    "layout: \"\(part)\" is not key=value — write for example tp=8,pp=4,mb=1")
            }
            let key = halves[0].lowercased()
            guard values.updateValue(halves[1], forKey: key) == nil else {
                throw CommandFailure("layout: \(key) is given twice")
            }
        }
    }

    /// The training layout it names on `count` accelerators; data parallelism takes what is left.
    package func training(count: Int) throws(CommandFailure) -> TrainingLayout {
        try checkKeys(Self.training)
        let tensor = try size("tp")
        let pipeline = try size("pp")
        let context = try size("cp")
        guard let ranks = LayoutCheck.product([tensor, pipeline, context]) else {
            throw CommandFailure("layout: sizes multiply beyond any cluster")
        }
        var data = count / max(1, ranks)
        if values["dp"] != nil { data = try size("dp") }
        let recompute = try recompute()
        return TrainingLayout(
            tensorParallel: tensor, pipelineParallel: pipeline,
            virtualPipeline: try size("vpp"), contextParallel: context, dataParallel: max(1, data),
            expertParallel: try size("ep"), zeroStage: try size("zero", least: 0),
            microBatch: try size("mb"), recompute: recompute,
            schedule: try choice(
                "schedule", TrainingLayout.Schedule.allCases,
                default: TrainingLayout.Schedule.oneForwardOneBackward),
            expertTensorParallel: try size("etp"),
            contextExchange: try choice(
                "exchange", TrainingLayout.ContextExchange.allCases,
                default: TrainingLayout.ContextExchange.ring),
            lastStageLayerCount: values["last"] == nil ? nil : try size("last", least: 0),
            shardCount: values["shard"] == nil ? nil : try size("shard"))
    }

    /// The modules that `recompute` names, joined by "+"; nil where it names a mode or nothing.
    package func recomputeModules() throws(CommandFailure) -> Set<RecomputeModule>? {
        guard let text = values["recompute"], TrainingLayout.Recompute(rawValue: text) == nil else {
            return nil
        }
        var modules: Set<RecomputeModule> = []
        for part in text.split(separator: "+", omittingEmptySubsequences: false) {
            guard let module = RecomputeModule(rawValue: String(part)) else {
                let names =
                    TrainingLayout.Recompute.allCases.map(\.rawValue)
                    + RecomputeModule.allCases.map(\.rawValue)
                throw .unknown(
                    "recompute", String(part), among: names,
                    hint: "choose from \(names.joined(separator: ", ")), modules joined by \"+\"")
            }
            modules.insert(module)
        }
        return modules
    }

    private func recompute() throws(CommandFailure) -> TrainingLayout.Recompute {
        if try recomputeModules() != nil { return .selective }
        return try choice(
            "recompute", TrainingLayout.Recompute.allCases, default: TrainingLayout.Recompute.none)
    }

    /// The sizes and formats of a replica of a served model.
    package func serving() throws(CommandFailure) -> (
        layout: ServingLayout, weights: NumberFormat?, keyValues: NumberFormat?
    ) {
        try checkKeys(Self.serving)
        let layout = ServingLayout(
            tensorParallel: try size("tp"), pipelineParallel: try size("pp"),
            dataParallel: try size("dp"), contextParallel: try size("cp"),
            expertParallel: values["ep"] == nil ? nil : try size("ep"))
        return (layout, try format("weights"), try format("kv"))
    }

    // MARK: Values

    private func checkKeys(_ known: [String]) throws(CommandFailure) {
        for key in values.keys.sorted() where !known.contains(key) {
            throw .unknown(
                "layout key", key, among: known, hint: "known: \(known.joined(separator: ", "))")
        }
    }

    private func size(_ key: String, least: Int = 1) throws(CommandFailure) -> Int {
        guard let text = values[key] else { return 1 }
        guard let value = Int(text), (least...1_000_000).contains(value) else {
            throw CommandFailure("layout: \(key)=\(text) is not a size from \(least) to 1,000,000")
        }
        return value
    }

    private func format(_ key: String) throws(CommandFailure) -> NumberFormat? {
        guard values[key] != nil else { return nil }
        return try choice(key, NumberFormat.allCases, default: .bf16)
    }

    private func choice<Choice: RawRepresentable<String>>(
        _ key: String, _ all: [Choice], default fallback: Choice
    ) throws(CommandFailure) -> Choice {
        guard let text = values[key] else { return fallback }
        guard let value = Choice(rawValue: text) else {
            throw .unknown(
                key, text, among: all.map(\.rawValue),
                hint: "choose from \(all.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
