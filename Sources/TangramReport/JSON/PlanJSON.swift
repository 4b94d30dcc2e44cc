import TangramCost
public import TangramPlacement
import TangramUnits

/// A plan as JSON for tools: versioned, in a fixed order of keys, with the unit in each key.
///
/// docs/plan-json.md says what each key means, docs/plan.schema.json is its JSON Schema. Keys are
/// always present; what is not known is null. Within a version, keys are added but neither renamed
/// nor removed.
public enum PlanJSON {
    /// The version of the form, the value of `tangramPlanVersion`.
    public static let version = 1

    /// The plan as JSON.
    public static func value(_ plan: Plan, scenario: Scenario) -> JSONValue {
        let context = PlanContext(plan, scenario)
        return .members([
            "tangramPlanVersion": .integer(version),
            "scenario": .string(plan.scenarioName),
            "date": JSONValue(plan.date?.description),
            "objective": .members([
                "goal": .string(plan.objective.goal.rawValue),
                "then": .array(plan.objective.then.map { .string($0.rawValue) }),
                "per": .string(plan.objective.charge.rawValue),
                "budgetUSDPerHour": JSONValue(plan.objective.budget?.value),
            ]),
            "proof": proof(plan.proof),
            "totals": totals(plan),
            "jobs": .array(plan.jobs.map { job($0, context: context) }),
            "pools": .array(plan.pools.map { pool($0, context: context) }),
            "limits": .array(plan.limits.map(limit)),
            "notes": JSONValue(plan.notes),
        ])
    }

    /// The plan as JSON text.
    public static func text(_ plan: Plan, scenario: Scenario) -> String {
        value(plan, scenario: scenario).text
    }

    private static func proof(_ proof: Proof) -> JSONValue {
        .members([
            "objective": finite(proof.objective), "bound": finite(proof.bound),
            "gap": .number(proof.gap), "isOptimal": .bool(proof.isOptimal),
            "isComplete": .bool(proof.isComplete),
            "measures": .array(
                proof.measures.map { measure in
                    .members([
                        "goal": .string(measure.goal?.rawValue ?? "demand"),
                        "priority": JSONValue(measure.priority),
                        "objective": finite(measure.objective), "bound": finite(measure.bound),
                        "gap": .number(measure.gap),
                    ])
                }),
            "iterationCount": .integer(proof.iterationCount),
            "optionCount": .integer(proof.optionCount),
        ])
    }

    /// A makespan of jobs that never end is no number.
    private static func finite(_ value: Double) -> JSONValue {
        JSONValue(value.isFinite ? value : nil)
    }

    private static func limit(_ limit: LimitPlan) -> JSONValue {
        .members([
            "kind": .string(limit.kind.rawValue), "name": .string(limit.name),
            "limit": .number(limit.limit), "used": .number(limit.used),
            "unitValue": .number(limit.unitValue),
        ])
    }

    private static func totals(_ plan: Plan) -> JSONValue {
        let used = plan.pools.reduce(0) { $0 + $1.usedAccelerators }
        let usable = plan.pools.reduce(0) { $0 + $1.usableAccelerators }
        return .members([
            "placedJobCount": .integer(plan.jobs.count { $0.isPlaced }),
            "unplacedJobCount": .integer(plan.jobs.count { !$0.isPlaced }),
            "usedAccelerators": .integer(used),
            "usableAccelerators": .integer(usable),
            "utilisation": .number(usable > 0 ? Double(used) / Double(usable) : 0),
            "powerWatts": .number(plan.power.value),
            "costUSDPerHour": .number(plan.cost.value),
            "unpricedJobCount": .integer(plan.unpricedJobCount),
        ])
    }

    private static func pool(_ pool: PoolPlan, context: PlanContext) -> JSONValue {
        let description = context.pool(pool.poolID)
        return .members([
            "id": .string(pool.poolID),
            "accelerator": JSONValue(description?.accelerator.id),
            "site": JSONValue(description?.siteID),
            "usedAccelerators": .integer(pool.usedAccelerators),
            "usableAccelerators": .integer(pool.usableAccelerators),
            "utilisation": .number(pool.utilisation),
            "usedNodes": .integer(pool.usedNodes),
            "nodeValue": .number(pool.nodeValue),
            "powerWatts": .number(pool.power.value),
            "costUSDPerHour": JSONValue(pool.cost?.value),
        ])
    }

    static func job(_ job: JobPlan, context: PlanContext) -> JSONValue {
        let description = context.job(job.jobID)
        return .members([
            "id": .string(job.jobID),
            "kind": JSONValue(description?.kindName),
            "model": JSONValue(description?.model.id),
            "weight": JSONValue(description?.weight),
            "tenant": JSONValue(description?.tenant),
            "isPlaced": .bool(job.isPlaced),
            "satisfaction": .number(job.satisfaction),
            "acceleratorCount": .integer(job.acceleratorCount),
            "reason": JSONValue(job.reason),
            "isMoved": JSONValue(job.isMoved),
            "placements": .array(
                job.placements.map { PlacementJSON.value($0, job: description, context: context) }),
            "rejections": .array(job.rejections.map(PlacementJSON.rejection)),
        ])
    }
}
