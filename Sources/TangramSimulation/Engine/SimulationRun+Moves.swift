extension SimulationRun {
    /// Nodes that are tried before a start has to wait: those with the most room need the fewest
    /// moves, and one that fails is seldom followed by one that does not.
    private static var triedNodes: Int { 8 }

    /// Moves jobs to other nodes of the pool so that `share` has room, as Sia's placer does where a
    /// placement would have to be laid apart (Jayaram Subramanya et al., SOSP 2023, §3.3).
    ///
    /// Each node that is missing is cleared of its smallest jobs, which go where they fit tightest.
    /// Nothing moves where that does not lead to enough room.
    mutating func makeRoom(_ share: PoolShare) -> Bool {
        let pool = share.pool
        guard state.rooms[pool].isByNode, share.deviceCount <= state.rooms[pool].freeCount else {
            return false
        }
        var trial = MoveTrial(room: state.rooms[pool])
        let up = books[pool].upNodes
        while !trial.room.hasRoom(share.deviceCount, unit: share.unit) {
            let size = trial.room.devicesPerNode
            let wanted = min(share.unit, size)
            let candidates = up.filter {
                trial.room.freeOnNode[$0] < wanted && !trial.isCleared.contains($0)
            }.sorted {
                (-trial.room.freeOnNode[$0], $0) < (-trial.room.freeOnNode[$1], $1)
            }.prefix(Self.triedNodes)
            guard
                let node = candidates.first(where: { clear($0, of: pool, wanted, in: &trial) })
            else { return false }
            trial.isCleared.insert(node)
        }
        // All leave before any arrives: one may go where another was.
        let moves = trial.moves.sorted { $0.key < $1.key }.compactMap { number, target in
            state.position(ofNumber: number).map { ($0, target) }
        }
        for (position, _) in moves { leave(position, pool) }
        for (position, target) in moves { arrive(position, at: target) }
        return true
    }

    /// Moves that are not made yet.
    private struct MoveTrial {
        var room: NodeRoom
        /// Where jobs go, by their numbers.
        var moves: [Int: NodeShare] = [:]
        var isCleared: Set<Int> = []
    }

    /// Moves the smallest jobs off a node until so many devices are free there.
    private func clear(
        _ node: Int, of pool: Int, _ wanted: Int, in trial: inout MoveTrial
    ) -> Bool {
        var next = trial
        // Only jobs that lie on this node alone; they are what can go elsewhere in one piece.
        let movable = books[pool].jobs(on: node).compactMap { number -> NodeShare? in
            guard next.moves[number] == nil, let position = state.position(ofNumber: number),
                let own = state.jobs[position].nodes.first, state.jobs[position].nodes.count == 1
            else { return nil }
            return NodeShare(pool: pool, node: number, deviceCount: own.deviceCount)
        }.sorted { ($0.deviceCount, $0.node) < ($1.deviceCount, $1.node) }
        // A wholly free node is no place for part of a node while whole ones are wanted.
        let whole = next.room.devicesPerNode
        let costs = (0...whole).map { wanted == whole && $0 == whole ? 1.0 : 0 }
        for job in movable where next.room.freeOnNode[node] < wanted {
            // Out of reach while a place for it is looked for.
            let here = next.room.freeOnNode[node]
            next.room.add(-here, to: node)
            let taken = next.room.take(job.deviceCount, unit: job.deviceCount, .cheapest(costs))
            next.room.add(here, to: node)
            guard let target = taken?.first else { continue }
            let left = next.room.freeOnNode[target.node]
            if wanted == whole, left + target.deviceCount == whole {
                next.room.release([target])
                continue
            }
            next.moves[job.node] = target
            next.room.add(job.deviceCount, to: node)
        }
        guard next.room.freeOnNode[node] >= wanted else { return false }
        trial = next
        return true
    }

    private mutating func leave(_ position: Int, _ pool: Int) {
        state.rooms[pool].release(state.jobs[position].nodes)
        for share in state.jobs[position].nodes {
            books[pool].unseat(state.jobs[position].index, from: share.node)
        }
    }

    /// A job goes on at another node of its pool: it is saved and loaded, unless it starts only now.
    private mutating func arrive(_ position: Int, at target: NodeShare) {
        guard let choice = state.jobs[position].option else { return }
        let option = state.jobs[position].job.options[choice]
        let isFresh = state.jobs[position].heldSince == state.seconds
        changeJob(position) { run, job in
            job.nodes = [target]
            _ = run.state.rooms[target.pool].take(exactly: [target])
            run.books[target.pool].seat(job.index, on: target.node)
            guard !isFresh else { return }
            job.settle(at: run.state.seconds)
            run.endSpan(&job, option)
            job.savedRemainingWork = job.remainingWork
            job.savingSeconds = run.storageSeconds(job.job, option)
            run.result.migrationCount += 1
            run.begin(&job, option, choice)
        }
        if !isRound { schedule(position) }
    }
}
