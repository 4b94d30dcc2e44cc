import TangramPlacement
import TangramUnits

/// What a step over several phases, stages or pools is made of, as tables.
enum StepExplanationText {
    /// The terms with their sum, and who does what.
    static func sections(_ found: StepExplanation, _ style: TextStyle) -> [[String]] {
        var terms = TextTable([
            .text("part"), .number("time"), .number("share"), .text("how"),
        ])
        let step = max(found.stepTime.value, .leastNormalMagnitude)
        for term in found.terms where term.time.value != 0 {
            terms.add([
                .init(term.name), .init(time(term.time)),
                .init(Figures.percent(term.time.value / step)), .init(term.detail.printable),
            ])
        }
        terms.add([
            .init("sum", .bold), .init(found.stepTime.description, .bold),
            .init(Figures.percent(1)),
        ])
        var parts = TextTable([
            .text("who"), .text("pool"), .text("layout"), .number("time"), .number("memory"),
            .number("of available"), .text("most of it"), .number("left"),
        ])
        for part in found.parts {
            let memory = part.memory
            let largest = memory.parts.first
            parts.add([
                .init(part.name), .init(part.poolID), .init(part.layout),
                .init(part.time?.description ?? Figures.none), .init(memory.total.description),
                .init(
                    Figures.percent(memory.total.value / max(1, memory.available.value))),
                .init(largest.map { "\($0.name) \($0.bytes)" } ?? Figures.none),
                .init((memory.available - memory.total).description),
            ])
        }
        return [
            [style.apply(.bold, "Step time \(found.stepTime)")] + terms.lines(style: style),
            [style.apply(.bold, "Time of one micro-batch, decode step or update, and memory")]
                + parts.lines(style: style),
        ]
    }

    private static func time(_ time: Seconds) -> String {
        time < .zero ? "−" + (Seconds.zero - time).description : time.description
    }

    /// As JSON.
    static func json(_ found: StepExplanation) -> JSONValue {
        .members([
            "stepSeconds": .number(found.stepTime.value),
            "relativeUncertainty": .number(found.relativeUncertainty),
            "terms": .array(
                found.terms.map {
                    .members([
                        "name": .string($0.name), "seconds": .number($0.time.value),
                        "detail": .string($0.detail),
                    ])
                }),
            "parts": .array(
                found.parts.map {
                    .members([
                        "name": .string($0.name), "pool": .string($0.poolID),
                        "layout": .string($0.layout), "seconds": JSONValue($0.time?.value),
                        "memory": EstimateJSON.memory($0.memory),
                    ])
                }),
        ])
    }
}
