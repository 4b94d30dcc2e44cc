import TangramCost
import TangramHardware
import TangramModels
import TangramUnits

extension ServingEstimateReport {
    // MARK: Percentiles

    func percentileLines(_ style: TextStyle) -> [String] {
        guard knee != nil || latency != nil else { return [] }
        var table = TextTable([
            .text("one replica"), .number("req/s"), .number("batch"), .number("TTFT p50"),
            .number("p90"), .number("p99"), .number("TPOT p50"), .number("p90"), .number("p99"),
        ])
        for (name, found) in [("at the load", latency), ("knee, p\(percentile)", knee)] {
            guard let found else { continue }
            table.add(
                [.init(name), .init(Figures.rate(found.load.value))]
                    + [.init(formatNumber(found.batch, digits: 3))]
                    + [found.timeToFirstToken, found.timePerOutputToken].flatMap {
                        [$0.half, $0.ninetieth, $0.ninetyNinth].map { .init($0.description) }
                    })
        }
        return [style.apply(.bold, "Requests that arrive at random")] + table.lines(style: style)
    }

    // MARK: Prefill and decode apart

    func splitLines(_ style: TextStyle) -> [String] {
        guard let split else { return [] }
        let title = style.apply(.bold, "Prefill and decode apart")
        let found: SplitEstimate
        switch split {
        case .failure(let rejection): return [title, "  \(rejection)".printable]
        case .success(let value): found = value
        }
        let elsewhere = decodeGroup.map {
            " on \(Figures.count($0.count)) × \($0.group.accelerator.id)"
        }
        var lines = [
            title,
            "  prefill  \(found.prefillCount) × \(found.prefill.summary) on \(accelerator.id), up to "
                + "\(Figures.rate(found.prefillCapacity.value)) req/s",
            "  decode   \(found.decodeCount) × \(found.decode.summary)\(elsewhere ?? ""), up to "
                + "\(Figures.rate(found.decodeCapacity.value)) req/s, "
                + "\(formatNumber(found.decodeBatch, digits: 3)) sequences each",
            "  capacity \(Figures.rate(found.capacity.value)) req/s, "
                + "TTFT \(found.timeToFirstToken), TPOT \(found.timePerOutputToken)",
            "  cache    \(found.cacheBytes) a prompt, \(found.transfer) of sending it not hidden",
        ]
        if let together = choices.first?.capacity {
            let gain = found.capacity.value / together.value - 1
            lines.append(
                gain > 0
                    ? "  apart serves \(Figures.percent(gain)) more than together: take it"
                    : "  together serves \(Figures.percent(-gain)) more of what apart does: stay")
        }
        return lines
    }

    // MARK: Front

    func frontLines(_ style: TextStyle) -> [String] {
        guard !front.isEmpty else { return [] }
        var table = TextTable([
            .number("tokens/s a user"), .number("tokens/s an accelerator"), .text("layout"),
            .number("batch"), .number("TTFT"), .number("TPOT"),
        ])
        // A dozen, evenly from one end of the front to the other.
        let step = max(1, (front.count + 11) / 12)
        for (index, point) in front.enumerated()
        where index % step == 0 || index == front.count - 1 {
            table.add([
                .init(formatNumber(point.tokensPerUser, digits: 3)),
                .init(formatNumber(point.tokensPerAccelerator, digits: 4)),
                .init(point.layout.summary), .init(Figures.count(Int(point.batch))),
                .init(point.timeToFirstToken.description),
                .init(point.timePerOutputToken.description),
            ])
        }
        return [style.apply(.bold, "Throughput against speed for a user")]
            + table.lines(style: style)
    }

    /// The front as a picture.
    public var plot: String {
        let chart = LineChart(
            xTitle: "tokens/s that one user sees", yTitle: "output tokens/s of an accelerator",
            series: [front.map { ($0.tokensPerUser, $0.tokensPerAccelerator) }]
                + front.map { [($0.tokensPerUser, $0.tokensPerAccelerator)] },
            labels: [""] + labels)
        let style =
            "<style>text { font: 11px sans-serif; fill: #222 } .grid { stroke: #ddd } "
            + ".axis { stroke: #666 } svg { background: #fff }</style>"
        let svg = chart.svg
        guard let end = svg.firstIndex(of: ">") else { return svg }
        let title = "<title>\(SVGText.escape("\(demand.model.id) on \(accelerator.id)"))</title>"
        return svg[...end] + "\n" + title + style + svg[svg.index(after: end)...] + "\n"
    }

    /// A label wherever the layout changes along the front.
    private var labels: [String] {
        var before = ""
        return front.map { point in
            let summary = point.layout.summary
            defer { before = summary }
            return summary == before ? "" : summary
        }
    }

    // MARK: JSON

    var loadJSON: JSONValue {
        .members([
            "latency": latency.map(Self.json) ?? .null,
            "knee": knee.map(Self.json) ?? .null,
            "kneePercentile": .integer(percentile),
            "split": splitJSON,
            "front": .array(
                front.map {
                    .members([
                        "layout": .string($0.layout.summary),
                        "batch": .number($0.batch),
                        "tokensPerSecondPerUser": .number($0.tokensPerUser),
                        "outputTokensPerSecondPerAccelerator": .number($0.tokensPerAccelerator),
                        "timeToFirstTokenSeconds": .number($0.timeToFirstToken.value),
                        "timePerOutputTokenSeconds": .number($0.timePerOutputToken.value),
                    ])
                }),
        ])
    }

    private var splitJSON: JSONValue {
        guard let split else { return .null }
        switch split {
        case .failure(let rejection): return .members(["reason": .string("\(rejection)")])
        case .success(let found):
            return .members([
                "prefillLayout": .string(found.prefill.summary),
                "prefillReplicaCount": .integer(found.prefillCount),
                "decodeLayout": .string(found.decode.summary),
                "decodeReplicaCount": .integer(found.decodeCount),
                "decodeAccelerator": JSONValue(decodeGroup?.group.accelerator.id),
                "capacityRequestsPerSecond": .number(found.capacity.value),
                "prefillCapacityRequestsPerSecond": .number(found.prefillCapacity.value),
                "decodeCapacityRequestsPerSecond": .number(found.decodeCapacity.value),
                "timeToFirstTokenSeconds": .number(found.timeToFirstToken.value),
                "timePerOutputTokenSeconds": .number(found.timePerOutputToken.value),
                "cacheBytes": .number(Double(found.cacheBytes.value)),
                "transferSeconds": .number(found.transfer.value),
            ])
        }
    }

    private static func json(_ latency: ServingLatency) -> JSONValue {
        func times(_ all: LatencyPercentiles) -> JSONValue {
            .members([
                "p50Seconds": .number(all.half.value), "p90Seconds": .number(all.ninetieth.value),
                "p99Seconds": .number(all.ninetyNinth.value),
            ])
        }
        return .members([
            "requestsPerSecond": .number(latency.load.value),
            "batch": .number(latency.batch),
            "timeToFirstToken": times(latency.timeToFirstToken),
            "timePerOutputToken": times(latency.timePerOutputToken),
        ])
    }
}
