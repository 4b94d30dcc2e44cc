import TangramCost
import TangramUnits

/// Layouts none of which is slower, larger and on more accelerators than another.
struct TrainingFront {
    /// Rows that are shown.
    private static let limit = 12

    /// Of `estimates`, those that no other beats in throughput, memory and accelerators at once;
    /// fastest first.
    static func reduced(_ estimates: [TrainingEstimate]) -> [TrainingEstimate] {
        let sorted = estimates.sorted { $0.throughput > $1.throughput }
        var front: [TrainingEstimate] = []
        for estimate in sorted
        where !front.contains(where: {
            $0.memory.total <= estimate.memory.total
                && $0.acceleratorCount <= estimate.acceleratorCount
        }) {
            front.append(estimate)
        }
        return front
    }

    /// The front as a table, thinned out evenly where it is long.
    static func lines(_ front: [TrainingEstimate], _ style: TextStyle) -> [String] {
        var table = TextTable([
            .number("accelerators"), .text("layout"), .number("tokens/s"),
            .number("per accelerator"), .number("memory"),
        ])
        let step = max(1, (front.count + limit - 1) / limit)
        for index in stride(from: 0, to: front.count, by: step) {
            let estimate = front[index]
            table.add([
                .init(Figures.count(estimate.acceleratorCount)), .init(estimate.layout.summary),
                .init(Figures.rate(estimate.throughput.value)),
                .init(
                    Figures.rate(
                        estimate.throughput.value / Double(estimate.acceleratorCount))),
                .init(estimate.memory.total.description),
            ])
        }
        var title = "Front of throughput, memory and accelerators"
        if step > 1 { title += " (\(front.count) layouts, every \(step). shown)" }
        return [style.apply(.bold, title)] + table.lines(style: style)
    }
}
