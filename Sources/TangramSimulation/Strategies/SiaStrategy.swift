import TangramPlacement

/// Sia's rounds (Jayaram Subramanya et al., SOSP 2023, §3.4): a programme in whole numbers picks at most
/// one option for each job under the devices of each pool.
///
/// A job's goodput by an option is counted over that by its smallest; one that would have to move
/// counts less by what restarts cost it so far. The sum of goodputs to the power −1/2, 1.1 for a job
/// that waits, is least. Goodput is the throughput of an option: traces hold no statistical
/// efficiency. Devices are counted; the simulator fits them into nodes and moves jobs where it must.
public struct SiaStrategy: SchedulingStrategy {
    /// What tables and plots call it.
    public let name = "sia"
    /// The paper.
    public let source = "Jayaram Subramanya et al., Sia, SOSP 2023"
    /// It looks at speeds alone.
    public let knowsWork = false
    private let round: Double
    /// What the last programme was made for, and when: jobs and devices.
    private var last: (jobs: [Int], devices: [Int], seconds: Double)?
    /// Restarts of each job so far.
    private var restarts: [Int: Int] = [:]

    /// What a job that waits counts: a tenth above the most that one that runs can.
    private static let waitingCost = 1.1

    /// A programme that would be made for the same jobs and devices is made anew after ten of Sia's
    /// rounds: only what restarts count for has changed.
    private static let renewalSeconds = 600.0
    /// Nodes that exact search may visit for one round, so that a round takes milliseconds.
    private static let nodeLimit = 200

    /// Creates a strategy; Sia's own rounds are of 60 s.
    public init(roundSeconds: Double = 60) { round = max(1, roundSeconds) }

    /// The rounds that it is made for.
    public var roundSeconds: Double? { round }
    /// How far jobs are does not matter.
    public var readsProgress: Bool { false }

    /// One round.
    public mutating func decide(_ state: ClusterState) throws -> [Int?] {
        let numbers = state.jobs.map(\.index)
        if let last, last.jobs == numbers, last.devices == state.deviceCounts,
            state.seconds < last.seconds + Self.renewalSeconds
        {
            return state.jobs.map(\.option)
        }
        last = (numbers, state.deviceCounts, state.seconds)
        var menus: [[Int]] = []
        let items = state.jobs.map { job -> [PlacementProblem.Option] in
            let options = job.job.options
            let menu = options.indices.filter {
                options[$0].rate > 0 && options[$0].fits(state.deviceCounts)
            }
            menus.append(menu)
            let least = menu.reduce(Double.infinity) { min($0, options[$1].rate) }
            return menu.map { index in
                let keeps = index == job.option || !job.hasStarted
                let goodput =
                    options[index].rate / least * (keeps ? 1 : discount(job, state, index))
                let cost = 1 / goodput.squareRoot()
                return PlacementProblem.Option(
                    // A job that runs at all is worth something, however much a move would cost.
                    value: max(1e-6, Self.waitingCost - min(cost, Self.waitingCost)),
                    uses: options[index].shares.map {
                        .init(resource: $0.pool, amount: Double($0.deviceCount))
                    })
            }
        }
        let problem = try PlacementProblem(
            capacities: state.deviceCounts.map(Double.init), items: items)
        let solution = try PlacementSolver(
            iterationLimit: 100, nodeLimit: Self.nodeLimit
        ).solve(problem)
        var choices: [Int?] = []
        for (position, choice) in solution.choices.enumerated() {
            let option = choice.map { menus[position][$0] }
            choices.append(option)
            let job = state.jobs[position]
            if job.hasStarted, let option, option != job.option {
                restarts[job.index, default: 0] += 1
            }
        }
        let present = Set(state.jobs.map(\.index))
        restarts = restarts.filter { present.contains($0.key) }
        return choices
    }

    /// r = (age − restarts × what one takes) ÷ (age + what one takes) (§3.4).
    private func discount(_ job: JobState, _ state: ClusterState, _ option: Int) -> Double {
        let age = state.seconds - job.job.arrivalSeconds
        let seconds = state.switchSeconds(job, to: option)
        guard age + seconds > 0 else { return 1 }
        let spent = Double(restarts[job.index] ?? 0) * seconds
        return max(1e-3, (age - spent) / (age + seconds))
    }
}
