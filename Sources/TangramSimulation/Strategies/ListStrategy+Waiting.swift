import TangramUnits

extension ListStrategy {
    /// The same decisions by walking only those that wait, for strategies that stop nobody: of jobs
    /// that can be placed alike only the first without room is looked at.
    ///
    /// - Complexity: O(shapes + started jobs × log shapes), whatever the number of jobs.
    mutating func startWaiting(_ state: ClusterState) -> [JobChange] {
        var rooms = state.rooms
        let sizes = fit == .leastFragmentation ? Self.sizes(state) : []
        var walk = WaitingWalk(state.waiting, order == .random)
        var changes: [JobChange] = []
        while rooms.contains(where: { $0.freeCount > 0 }), let number = walk.next(&generator) {
            guard let position = state.position(ofNumber: number) else { continue }
            guard let choice = place(position, state, rooms, sizes) else {
                guard overtakes else { break }
                walk.leaveOut()
                continue
            }
            let option = state.jobs[position].record.job.options[choice]
            var nodes: [NodeShare] = []
            for share in option.shares {
                let rule = nodeChoice(share, rooms[share.pool], sizes)
                nodes += rooms[share.pool].take(share.deviceCount, unit: share.unit, rule) ?? []
            }
            changes.append(JobChange(position: position, option: choice, nodes: nodes))
        }
        return changes
    }
}

/// A walk over the jobs that wait, in order of arrival or at random, that can leave groups out.
private struct WaitingWalk {
    private let queue: WaitingQueue
    private let isRandom: Bool
    /// Groups that are walked: in order, a heap by the number of the next job.
    private var groups: [Int]
    /// For each group, jobs that were given out.
    private var taken: [Int: Int] = [:]
    /// For a random walk, the places of each group in random order so far.
    private var shuffled: [Int: [Int]] = [:]
    private var last: Int?

    init(_ queue: WaitingQueue, _ isRandom: Bool) {
        self.queue = queue
        self.isRandom = isRandom
        groups = queue.groups.indices.filter { !queue.groups[$0].isEmpty }
        if !isRandom { groups.sort { queue.groups[$0].number(0) < queue.groups[$1].number(0) } }
    }

    /// The next job.
    mutating func next(_ generator: inout SeededGenerator) -> Int? {
        isRandom ? nextAtRandom(&generator) : nextInOrder()
    }

    /// Does not give out any more jobs like the last.
    mutating func leaveOut() {
        guard let last, let place = groups.firstIndex(of: last) else { return }
        groups.remove(at: place)
    }

    private mutating func nextInOrder() -> Int? {
        if let last, let taken = taken[last], groups.first == last {
            // The group of the last job goes to where its next job stands.
            groups.removeFirst()
            if taken < queue.groups[last].waitingCount {
                let number = queue.groups[last].number(taken)
                let place = groups.firstIndex { head($0) > number } ?? groups.count
                groups.insert(last, at: place)
            }
        }
        guard let group = groups.first else { return nil }
        let number = head(group)
        taken[group, default: 0] += 1
        last = group
        return number
    }

    private func head(_ group: Int) -> Int { queue.groups[group].number(taken[group] ?? 0) }

    private mutating func nextAtRandom(_ generator: inout SeededGenerator) -> Int? {
        func left(_ group: Int) -> Int { queue.groups[group].waitingCount - (taken[group] ?? 0) }
        groups.removeAll { left($0) == 0 }
        let total = groups.reduce(0) { $0 + left($1) }
        guard total > 0 else { return nil }
        var draw = generator.index(below: total)
        for group in groups {
            guard draw >= left(group) else {
                last = group
                let start = taken[group] ?? 0
                // One step of a shuffle: the drawn job changes places with the first that is left.
                var places =
                    shuffled[group] ?? Array(0..<queue.groups[group].waitingCount)
                places.swapAt(start, start + draw)
                taken[group] = start + 1
                shuffled[group] = places
                return queue.groups[group].number(places[start])
            }
            draw -= left(group)
        }
        return nil
    }
}
