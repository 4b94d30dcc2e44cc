public import TangramPlacement
import TangramUnits

/// A schedule as JSON for tools; docs/plan-json.md says what each key means.
public enum ScheduleJSON {
    /// The version of the form, the value of `tangramScheduleVersion`.
    public static let version = 1

    /// The schedule as JSON.
    public static func value(_ schedule: Schedule) -> JSONValue {
        .members([
            "tangramScheduleVersion": .integer(version),
            "scenario": .string(schedule.scenarioName),
            "date": JSONValue(schedule.date?.description),
            "horizonSeconds": .number(schedule.horizon.value),
            "goal": .string(schedule.goal.rawValue),
            "makespanSeconds": .number(schedule.makespan.value),
            "makespanBoundSeconds": .number(schedule.makespanBound.value),
            "weightedCompletionSeconds": .number(schedule.weightedCompletion),
            "weightedCompletionBoundSeconds": .number(schedule.weightedCompletionBound),
            "gap": .number(schedule.gap), "isComplete": .bool(schedule.isComplete),
            "entries": .array(schedule.entries.map(entry)),
            "omissions": .array(
                schedule.omissions.map {
                    .members(["job": .string($0.jobID), "reason": .string($0.reason)])
                }),
        ])
    }

    private static func entry(_ entry: Schedule.Entry) -> JSONValue {
        .members([
            "job": .string(entry.jobID), "pool": .string(entry.poolID),
            "startSeconds": .number(entry.start.value), "endSeconds": .number(entry.end.value),
            "isPermanent": .bool(entry.isPermanent),
            "isMoved": entry.isMoved.map(JSONValue.bool) ?? .null,
            "acceleratorCount": .integer(entry.acceleratorCount),
            "layout": .string(entry.summary),
            "nodes": .array(
                entry.nodes.map {
                    .members([
                        "node": .integer($0.node),
                        "firstAccelerator": .integer($0.accelerators.lowerBound),
                        "lastAccelerator": .integer($0.accelerators.upperBound),
                    ])
                }),
        ])
    }
}
