/// Whether tasks fit under capacities until a time: exact search over starts.
///
/// A task starts at 0 or where another ends; of schedules that fit, one is of that form, because
/// every start can be moved to the left until it is.
struct CumulativeSearch {
    /// A task with all that it takes while it runs.
    struct Task {
        var duration: Double
        var uses: [PlacementProblem.Use]
        /// It must be done by then.
        var latestEnd: Double
    }

    enum Answer {
        /// It fits, with a start for each task.
        case fits([Double])
        case never
        /// The search gave up.
        case unknown
    }

    let tasks: [Task]
    let capacities: [Double]
    let nodeLimit: Int

    private static let slack = 1e-9

    /// Whether the tasks fit, and the nodes that were visited to tell.
    func answer() -> (answer: Answer, nodeCount: Int) {
        var state = State(
            free: capacities, rest: energies, starts: [Double](repeating: -1, count: tasks.count),
            left: tasks.count)
        var visited = 0
        switch descend(&state, now: 0, from: 0, &visited) {
        case true?: return (.fits(state.starts), visited)
        case false?: return (.never, visited)
        case nil: return (.unknown, visited)
        }
    }

    /// Use × duration of all tasks, by resource.
    private var energies: [Double] {
        var sums = [Double](repeating: 0, count: capacities.count)
        for task in tasks {
            for use in task.uses { sums[use.resource] += use.amount * task.duration }
        }
        return sums
    }

    private struct State {
        var free: [Double]
        /// Use × duration of tasks that have not started.
        var rest: [Double]
        /// Below 0 for tasks that have not started.
        var starts: [Double]
        var left: Int
        var running: [(task: Int, end: Double)] = []
    }

    /// Tasks start now in the order of their indices, from `first` on; nil where the search gave up.
    private func descend(
        _ state: inout State, now: Double, from first: Int, _ visited: inout Int
    ) -> Bool? {
        guard state.left > 0 else { return true }
        visited += 1
        guard visited <= nodeLimit else { return nil }
        guard mayFit(state, now) else { return false }
        for index in first..<tasks.count where state.starts[index] < 0 {
            let task = tasks[index]
            guard fits(task, state.free), now + task.duration <= task.latestEnd * (1 + Self.slack)
            else { continue }
            start(index, now, &state)
            let found = descend(&state, now: now, from: index + 1, &visited)
            if found != false { return found }
            undo(index, &state)
        }
        guard let next = state.running.map(\.end).min() else { return false }
        let ended = state.running.filter { $0.end <= next * (1 + 1e-12) }
        state.running.removeAll { $0.end <= next * (1 + 1e-12) }
        for entry in ended {
            for use in tasks[entry.task].uses { state.free[use.resource] += use.amount }
        }
        let found = descend(&state, now: next, from: 0, &visited)
        if found != false { return found }
        for entry in ended {
            for use in tasks[entry.task].uses { state.free[use.resource] -= use.amount }
        }
        state.running += ended
        return false
    }

    private func fits(_ task: Task, _ free: [Double]) -> Bool {
        task.uses.allSatisfy {
            $0.amount <= free[$0.resource] + capacities[$0.resource] * 1e-12
        }
    }

    private func start(_ index: Int, _ now: Double, _ state: inout State) {
        let task = tasks[index]
        state.starts[index] = now
        state.left -= 1
        state.running.append((index, now + task.duration))
        for use in task.uses {
            state.free[use.resource] -= use.amount
            state.rest[use.resource] -= use.amount * task.duration
        }
    }

    private func undo(_ index: Int, _ state: inout State) {
        let task = tasks[index]
        state.starts[index] = -1
        state.left += 1
        state.running.removeAll { $0.task == index }
        for use in task.uses {
            state.free[use.resource] += use.amount
            state.rest[use.resource] += use.amount * task.duration
        }
    }

    /// Whether what is left can be done in time as far as its work tells.
    private func mayFit(_ state: State, _ now: Double) -> Bool {
        var end = 0.0
        for (index, task) in tasks.enumerated() where state.starts[index] < 0 {
            guard now + task.duration <= task.latestEnd * (1 + Self.slack) else { return false }
            end = max(end, task.latestEnd)
        }
        for resource in capacities.indices where state.rest[resource] > 0 {
            var room = capacities[resource] * (end - now)
            for entry in state.running {
                for use in tasks[entry.task].uses where use.resource == resource {
                    room -= use.amount * min(entry.end - now, end - now)
                }
            }
            if state.rest[resource] > room * (1 + Self.slack) + Self.slack { return false }
        }
        return true
    }
}
