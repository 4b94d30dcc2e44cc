import TangramSimulation

/// What one run was like over time and over its jobs, as data.
enum RunDetail {
    /// Spans that are written; the Gantt chart shows no more either.
    private static let spanLimit = 4_000

    static func json(_ result: SimulationResult) -> JSONValue {
        .members([
            "completionHours": curve(result.completionTimes, scale: 3_600),
            "rho": curve(result.fairnessRatios, scale: 1),
            "utilisation": .array(
                result.utilisation.averages(end: result.makespanSeconds).map {
                    .array([.number($0.seconds / 3_600), .number($0.value)])
                }),
            "pools": .array(result.pools.map(pool)),
            "failures": .integer(result.failureCount),
            "stragglers": .integer(result.stragglerCount),
            "overheadDeviceHours": .number(result.overheadDeviceSeconds / 3_600),
            "spans": .array(result.spans.prefix(spanLimit).map(span)),
        ])
    }

    /// Pairs of a value and the fraction of jobs up to it, in hundredths.
    private static func curve(_ distribution: Distribution, scale: Double) -> JSONValue {
        .array(
            distribution.curve().map {
                .array([.number($0.value / scale), .number($0.fraction)])
            })
    }

    private static func pool(_ usage: PoolUsage) -> JSONValue {
        .members([
            "name": .string(usage.name),
            "utilisation": .number(usage.utilisation),
            "fragmentation": .number(usage.fragmentation),
            "usedDeviceHours": .number(usage.usedDeviceSeconds / 3_600),
            "dollars": .number(usage.dollars),
            "kilowattHours": .number(usage.joules / 3.6e6),
        ])
    }

    /// Job, pool, devices, hours of start and end.
    private static func span(_ span: GanttSpan) -> JSONValue {
        .array([
            .integer(span.jobIndex), .integer(span.pool), .integer(span.deviceCount),
            .number(span.start / 3_600), .number(span.end / 3_600),
        ])
    }
}
