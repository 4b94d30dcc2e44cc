import TangramHardware
import TangramUnits
import TangramWorkers

/// A plan that is kept up to date as jobs come and go and nodes fail and return: each event costs what
/// is new and repairs what it touches, in place of a plan from scratch. Everything else keeps its
/// nodes.
///
/// The bound stays valid: it is that of the prices that the session started with, changed by what
/// each event adds to it. The gap grows as prices grow stale; `rebuild()` plans anew.
///
/// What options are worth is not changed by events: training without a deadline stays measured against
/// the best that the cluster could do for it when the job came.
///
/// Events are repaired in place where the objective is one sum (goodput of one priority) and no
/// rule on failure domains is about the job. Others plan anew, with every job that runs as one that
/// has its place; ``PlanUpdate/isIncremental`` says which it was.
public struct PlanSession: Sendable {
    /// The scenario as it is now. Jobs that were removed are not in it.
    public var scenario: Scenario {
        var scenario = model.scenario
        scenario.jobs = scenario.jobs.enumerated().filter { !removed.contains($0.offset) }
            .map(\.element)
        return scenario
    }
    /// What the plan reaches by its first measure, after packing.
    public var objective: Double { session?.objective ?? solution.objective }
    /// No plan of the scenario as it is now reaches more.
    public var bound: Double { session?.bound ?? solution.bound }
    /// The distance of objective and bound, relative to the larger of them; at least 0.
    public var gap: Double { relativeGap(objective, bound) }

    let planner: Planner
    var builder: MenuBuilder
    var model: PlanModel
    var solution: PlacementSolution
    var packed: PackedChoices
    /// nil where the problem is more than one sum.
    var session: PlacementSession?
    /// Jobs that were removed, by index.
    var removed: Set<Int> = []
    /// Nodes that failed, with the part that they belong to.
    var failed: [FailedNode: Int] = [:]

    /// A node that failed.
    struct FailedNode: Hashable {
        var pool: Int
        var node: Int
    }

    /// Plans `scenario` and keeps what the plan was made from.
    ///
    /// - Throws: ``PlanningError`` where the scenario cannot be planned at all.
    public init(_ scenario: Scenario, planner: Planner = Planner()) throws(PlanningError) {
        let made = try planner.draft(scenario, control: SolveControl(), progress: nil)
        self.init(planner, made)
    }

    init(_ planner: Planner, _ draft: Planner.Draft) {
        self.planner = planner
        builder = draft.builder
        model = draft.model
        solution = draft.solution
        packed = draft.packed
        start()
    }

    /// Starts to count from the packed plan.
    private mutating func start() {
        solution.choices = packed.itemChoices
        session = model.isIncremental ? PlacementSession(model.problem, solution: solution) : nil
    }

    /// The whole plan as it is now.
    ///
    /// - Complexity: O(options) for the reasons of every job.
    public func plan() -> Plan {
        var plan = assembly.plan()
        let ids = removed.map { model.scenario.jobs[$0].id }
        if !ids.isEmpty {
            let gone = Set(ids)
            plan.jobs.removeAll { gone.contains($0.jobID) }
        }
        return plan
    }

    var assembly: PlanAssembly {
        var current = solution
        current.objective = objective
        current.bound = bound
        return PlanAssembly(model: model, solution: current, packed: packed)
    }

    /// Plans anew from the scenario as it is now, every job that runs being one that has its place.
    ///
    /// - Throws: ``PlanningError`` where that cannot be planned.
    public mutating func rebuild() throws(PlanningError) {
        try rebuild(with: scenario)
    }

    mutating func rebuild(with scenario: Scenario) throws(PlanningError) {
        var next = scenario
        let places = self.places
        for (index, job) in next.jobs.enumerated() {
            next.jobs[index].placed = places[job.id] ?? []
        }
        let draft = try planner.draft(next, control: SolveControl(), progress: nil)
        self = PlanSession(planner, draft)
    }

    /// Where each job runs, by name, on nodes that are up.
    private var places: [String: [CurrentPlacement]] {
        var result: [String: [CurrentPlacement]] = [:]
        for (menu, taken) in packed.nodes.enumerated() where !taken.isEmpty {
            let job = model.scenario.jobs[model.menus[menu].jobIndex]
            for entry in taken {
                let pool = model.parts[entry.part].poolIndex
                guard
                    !entry.nodes.contains(where: {
                        failed[FailedNode(pool: pool, node: $0.node)] != nil
                    })
                else { continue }
                result[job.id, default: []].append(
                    CurrentPlacement(
                        poolID: model.scenario.cluster.pools[pool].id, nodes: entry.nodes))
            }
        }
        return result
    }
}

/// What an event changed.
public struct PlanUpdate: Sendable {
    /// The plans of jobs that are new, have moved, have grown or shrunk, or have lost their place.
    public var jobs: [JobPlan]
    /// What the plan now reaches.
    public var objective: Double
    /// No plan reaches more.
    public var bound: Double
    /// Whether only what the event touches was looked at.
    public var isIncremental: Bool

    /// Creates an update.
    public init(jobs: [JobPlan], objective: Double, bound: Double, isIncremental: Bool) {
        self.jobs = jobs
        self.objective = objective
        self.bound = bound
        self.isIncremental = isIncremental
    }
}
