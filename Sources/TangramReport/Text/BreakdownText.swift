import TangramCost
import TangramUnits

/// Tables of what a time or a memory is made of; parts, sum line, and bars.
enum BreakdownText {
    /// The parts of a time, largest first, with a sum line.
    ///
    /// A part "not attributed" appears where the parts do not sum to `total`, which would be a
    /// fault of the estimate.
    static func time(
        _ title: String, _ parts: [TimePart], total: Seconds, style: TextStyle
    ) -> [String] {
        var table = TextTable([.text("part"), .number("time"), .number("share"), .text("")])
        let shares = parts.sorted { $0.time > $1.time }
        for part in shares {
            add(part.cause.rawValue, part.time.description, part.time / total, to: &table)
        }
        let sum = parts.reduce(Seconds.zero) { $0 + $1.time }
        if abs(total.value - sum.value) > 1e-6 * abs(total.value) {
            add(
                "not attributed", (total - sum).description, (total - sum) / total, to: &table)
        }
        table.add([
            .init("sum", .bold), .init(total.description, .bold), .init(Figures.percent(1)),
        ])
        return [style.apply(.bold, "\(title) \(total)")] + table.lines(style: style)
    }

    /// The parts of a memory, largest first, with sum, what is available and what is left.
    static func memory(
        _ title: String, _ memory: MemoryBreakdown, style: TextStyle
    ) -> [String] {
        var table = TextTable([
            .text("part"), .number("memory"), .number("of available"), .text(""),
        ])
        let available = max(1, memory.available.value)
        for part in memory.parts {
            add(part.name, part.bytes.description, part.bytes.value / available, to: &table)
        }
        table.add([
            .init("sum", .bold), .init(memory.total.description, .bold),
            .init(Figures.percent(memory.total.value / available)),
        ])
        if memory.hostCache > .zero {
            table.add(["KV cache in the host's memory", .init(memory.hostCache.description)])
        }
        let left = memory.available - memory.total
        if left < .zero {
            table.add([.init("short by", .red), .init(memory.shortfall.description, .red)])
        } else {
            table.add([
                "left", .init(left.description), .init(Figures.percent(left.value / available)),
            ])
        }
        return [
            style.apply(.bold, "\(title) \(memory.total) of \(memory.available) available")
        ] + table.lines(style: style)
    }

    private static func add(
        _ name: String, _ amount: String, _ share: Double, to table: inout TextTable
    ) {
        table.add([
            .init(name), .init(amount), .init(Figures.percent(share)),
            .init(Figures.bar(share), .dim),
        ])
    }
}
