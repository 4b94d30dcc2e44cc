import TangramCost
import TangramUnits
public import TangramValidation

/// How predictions compare with measurements, for tools.
public enum ValidationJSON {
    /// `groups` and `rows`; `predicted` is null where a row cannot be expressed, with the reason.
    public static func value(_ outcomes: [RowOutcome]) -> JSONValue {
        .members([
            "tangramValidationVersion": 1,
            "groups": .array(OutcomeGroup.groups(of: outcomes).compactMap(group)),
            "rows": .array(outcomes.map(row)),
        ])
    }

    private static func group(_ group: OutcomeGroup) -> JSONValue? {
        guard let figures = group.statistics else { return nil }
        return .members([
            "source": .string(group.prefix),
            "accelerator": .string(group.accelerator),
            "isMixtureOfExperts": .bool(group.isMixtureOfExperts),
            "precision": .string(group.precision),
            "metric": .string(group.metric),
            "count": .integer(figures.count),
            "medianError": .number(figures.median),
            "meanError": .number(figures.mean),
            "p90Error": .number(figures.ninetieth),
            "bias": .number(figures.bias),
            "rankCorrelation": JSONValue(figures.rankCorrelation),
            "insideIntervalShare": .number(figures.insideShare),
        ])
    }

    private static func row(_ row: RowOutcome) -> JSONValue {
        .members([
            "id": .string(row.id),
            "metric": .string(row.metric),
            "measured": .number(row.measured),
            "predicted": JSONValue(row.predicted),
            "reason": JSONValue(row.reason),
            "place": JSONValue(row.place),
            "low": JSONValue(row.low),
            "high": JSONValue(row.high),
            "isScored": .bool(row.isScored),
            "model": .string(row.model),
            "accelerator": .string(row.accelerator),
            "architecture": JSONValue(row.architecture),
            "stack": JSONValue(row.stack),
            "layout": JSONValue(row.estimate?.layout.summary ?? row.serving?.layout.summary),
            "breakdown": .array(
                (row.estimate?.breakdown ?? row.serving?.point.decodeBreakdown ?? []).map {
                    .members([
                        "cause": .string($0.cause.rawValue), "seconds": .number($0.time.value),
                    ])
                }),
            "phases": .array(
                (row.estimate?.dualPipe?.named ?? []).map {
                    .members(["phase": .string($0.name), "seconds": .number($0.time.value)])
                }),
            "batch": JSONValue(row.serving?.point.batch),
            "batchLimit": JSONValue(row.serving.map { Double($0.point.batchLimit) }),
            "prefillBreakdown": .array(
                (row.serving?.point.prefillBreakdown ?? []).map {
                    .members([
                        "cause": .string($0.cause.rawValue), "seconds": .number($0.time.value),
                    ])
                }),
            "assumptions": .array(row.assumptions.map { .string($0) }),
        ])
    }
}
