package import Tangram

/// What ``SolverBenchmark`` measured, as text, as Markdown for docs/benchmarks.md and as JSON.
package struct SolverBenchmarkReport {
    private let benchmark: SolverBenchmark

    package init(_ benchmark: SolverBenchmark) { self.benchmark = benchmark }

    /// Two tables in Markdown, which reads well as text too.
    package var text: String {
        var lines = [
            "| items | options | from scratch | per item | gap | one event | ratio | objective after events |",
            "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for size in benchmark.sizes {
            lines.append(
                "| \(size.itemCount) | \(size.optionCount) | \(time(size.seconds)) "
                    + "| \(time(size.seconds / Double(size.itemCount))) | \(percent(size.gap)) "
                    + "| \(time(size.replanSeconds)) | \(formatNumber(size.speedUp, digits: 3)) × "
                    + "| \(percent(size.replanShare)) |")
        }
        lines.append("")
        lines += [
            "| shares of time, 2,048 jobs × 3 types | ours | gap | HiGHS, one programme | ratio | optimum over ours |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
        ]
        for entry in benchmark.shared {
            let ratio = entry.highsSeconds.map {
                formatNumber($0 / entry.seconds, digits: 3) + " ×"
            }
            lines.append(
                "| \(entry.name) | \(time(entry.seconds)) | \(percent(entry.gap)) "
                    + "| \(entry.highsSeconds.map(time) ?? "not asked") | \(ratio ?? "") "
                    + "| \(entry.highsRatio.map { formatNumber($0, digits: 9) } ?? "") |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same as JSON.
    package var json: JSONValue {
        .members([
            "tangramSolverBenchmarkVersion": .integer(1),
            "sizes": .array(
                benchmark.sizes.map { size in
                    .members([
                        "itemCount": .integer(size.itemCount),
                        "optionCount": .integer(size.optionCount),
                        "seconds": .number(size.seconds), "gap": .number(size.gap),
                        "eventSeconds": .number(size.replanSeconds),
                        "eventObjectiveShare": .number(size.replanShare),
                    ])
                }),
            "shares": .array(
                benchmark.shared.map { entry in
                    .members([
                        "objective": .string(entry.name), "seconds": .number(entry.seconds),
                        "gap": .number(entry.gap),
                        "highsSeconds": entry.highsSeconds.map { .number($0) } ?? .null,
                        "highsRatio": entry.highsRatio.map { .number($0) } ?? .null,
                    ])
                }),
        ])
    }

    private func time(_ seconds: Double) -> String { Seconds(seconds).description }
    private func percent(_ share: Double) -> String {
        formatNumber(share * 100, digits: 4) + " %"
    }
}
