import TangramCost
import TangramUnits

/// Memory of every stage, and what to cut where it does not fit.
enum StageTable {
    /// Stages that are alike are one row.
    static func lines(_ stages: [StageEstimate], _ style: TextStyle) -> [String] {
        var table = TextTable([
            .text("stage"), .number("layers"), .text("ends"), .number("in flight"),
            .number("micro-batch"), .number("weights"), .number("gradients"),
            .number("optimizer"), .number("activations"), .number("workspace"), .number("sum"),
            .number("left"),
        ])
        var start = 0
        while start < stages.count {
            var end = start
            while end + 1 < stages.count, isAlike(stages[end + 1], stages[start]) { end += 1 }
            let stage = stages[start]
            let memory = stage.memory
            let isShort = memory.shortfall > .zero
            table.add([
                .init(start == end ? "\(start + 1)" : "\(start + 1)–\(end + 1)"),
                .init("\(stage.layerCount)"), .init(ends(stage)),
                .init(formatNumber(stage.inFlight, digits: 4)), .init(stage.time.description),
                .init(memory.weights.description), .init(memory.gradients.description),
                .init(memory.optimizer.description), .init(memory.activations.description),
                .init(memory.workspace.description), .init(memory.total.description),
                .init(
                    isShort
                        ? "−\(memory.shortfall)" : (memory.available - memory.total).description,
                    isShort ? .red : nil),
            ])
            start = end + 1
        }
        return [style.apply(.bold, "Memory of a device, stage by stage")]
            + table.lines(style: style)
    }

    private static func isAlike(_ a: StageEstimate, _ b: StageEstimate) -> Bool {
        a.memory == b.memory && a.layerCount == b.layerCount && a.hasHead == b.hasHead
            && a.hasEmbedding == b.hasEmbedding
    }

    private static func ends(_ stage: StageEstimate) -> String {
        [stage.hasEmbedding ? "embedding" : nil, stage.hasHead ? "head" : nil]
            .compactMap { $0 }.joined(separator: ", ")
    }

    /// What to cut.
    static func advice(_ advice: MemoryAdvice, _ style: TextStyle) -> [String] {
        var lines = [
            style.apply(.bold, "What to cut"),
            "  most of the memory is \(advice.largest), \(advice.largestBytes)",
        ]
        guard !advice.changes.isEmpty else {
            return lines + ["  no single change of the layout on as many accelerators needs less"]
        }
        var table = TextTable([
            .text("change"), .number("saves"), .text("then"), .number("step"), .text("layout"),
        ])
        for change in advice.changes.prefix(8) {
            table.add([
                .init(change.text), .init(change.saved.description),
                change.shortfall == .zero
                    ? .init("fits", .green) : .init("\(change.shortfall) short", .red),
                .init("× \(formatNumber(change.slowdown, digits: 3))"),
                .init(change.layout.summary),
            ])
        }
        lines += table.lines(style: style)
        return lines
    }

    /// As JSON.
    static func json(_ stages: [StageEstimate]) -> JSONValue {
        .array(
            stages.map {
                .members([
                    "stage": .integer($0.index), "layerCount": .integer($0.layerCount),
                    "hasEmbedding": .bool($0.hasEmbedding), "hasHead": .bool($0.hasHead),
                    "microBatchesInFlight": .number($0.inFlight),
                    "microBatchSeconds": .number($0.time.value),
                    "memory": EstimateJSON.memory($0.memory),
                ])
            })
    }

    /// As JSON.
    static func json(_ advice: MemoryAdvice) -> JSONValue {
        .members([
            "largest": .string(advice.largest),
            "largestBytes": .integer(advice.largestBytes.count),
            "changes": .array(
                advice.changes.map {
                    .members([
                        "change": .string($0.text), "layout": .string($0.layout.summary),
                        "savedBytes": .integer($0.saved.count),
                        "shortfallBytes": .integer($0.shortfall.count),
                        "slowdown": .number($0.slowdown),
                    ])
                }),
        ])
    }
}
