extension SimulationRun {
    /// Finds nodes for a job: those that the strategy names, else the tightest with room, else those
    /// that jobs can be moved off.
    mutating func seat(
        _ job: inout JobState, _ option: RunOption, on wanted: [NodeShare]
    ) -> Bool {
        guard let own = take(option.own, from: wanted) else { return false }
        var taken = own
        for (index, share) in option.others.enumerated() {
            guard let more = take(share, from: wanted) else {
                for other in [option.own] + option.others[..<index] {
                    giveBack(other.pool, other.deviceCount, taken)
                }
                return false
            }
            taken += more
        }
        job.nodes = taken
        for share in taken { books[share.pool].seat(job.index, on: share.node) }
        return true
    }

    private mutating func take(_ share: PoolShare, from wanted: [NodeShare]) -> [NodeShare]? {
        let count = share.deviceCount
        let wanted = wanted.filter { $0.pool == share.pool }
        if !wanted.isEmpty, wanted.reduce(0, { $0 + $1.deviceCount }) == count,
            wanted.allSatisfy({ $0.deviceCount > 0 && $0.node < books[share.pool].nodeCount }),
            state.rooms[share.pool].take(exactly: wanted)
        {
            return wanted
        }
        if let own = state.rooms[share.pool].take(count, unit: share.unit, .tightest) {
            return own
        }
        guard strategy.movesJobs, makeRoom(share) else { return nil }
        return state.rooms[share.pool].take(count, unit: share.unit, .tightest)
    }

    /// A job gives its devices back.
    mutating func giveBack(_ job: inout JobState, _ option: RunOption) {
        giveBack(option.pool, option.deviceCount, job.nodes)
        for share in option.others { giveBack(share.pool, share.deviceCount, job.nodes) }
        for share in job.nodes { books[share.pool].unseat(job.index, from: share.node) }
        job.nodes = []
    }

    private mutating func giveBack(_ pool: Int, _ count: Int, _ nodes: [NodeShare]) {
        if state.rooms[pool].isByNode {
            for share in nodes where share.pool == pool {
                state.rooms[pool].add(share.deviceCount, to: share.node)
            }
        } else {
            state.rooms[pool].addCounted(count)
        }
    }

    // MARK: Failures and maintenance

    /// A node fails with all that is on it, and will be repaired.
    mutating func breakNode(of pool: Int, draw: Double) {
        guard state.rooms[pool].isByNode else { return breakDevice(of: pool, draw: draw) }
        guard let node = books[pool].upNode(draw) else { return }
        clear(node, of: pool, isFailure: true)
        books[pool].setFailed(node, true)
        shut(node, of: pool)
        failures.scheduleRepair(pool, node: node, at: state.seconds)
    }

    /// A device that is a node of its own fails.
    private mutating func breakDevice(of pool: Int, draw: Double) {
        guard present[pool] > 0 else { return }
        var device = draw * Double(present[pool])
        if let index = holder(pool, of: &device) {
            changeJob(index) { $0.fail(&$1) }
        } else {
            for index in services.indices {
                guard let option = runningOption(services[index]), option.pool == pool else {
                    continue
                }
                device -= Double(services[index].heldDevices)
                guard device < 0 else { continue }
                result.serviceFailureCount += 1
                changeService(index) {
                    $0.loseReplicas(&$1, pool, devices: min(option.unit, $1.heldDevices))
                    if $1.heldDevices == 0 { $0.closeService(&$1) }
                }
                break
            }
        }
        addCounted(-1, to: pool)
        failures.scheduleRepair(pool, node: 0, at: state.seconds)
    }

    mutating func repair(_ node: Int, of pool: Int) {
        guard state.rooms[pool].isByNode else { return addCounted(1, to: pool) }
        books[pool].setFailed(node, false)
        open(node, of: pool)
    }

    /// Devices of a pool that are only counted come or go.
    mutating func addCounted(_ count: Int, to pool: Int) {
        let before = present[pool]
        books[pool].addCounted(count)
        present[pool] = books[pool].presentCount
        state.rooms[pool].addCounted(present[pool] - before)
        evict(pool)
    }

    /// Takes everything off a node.
    private mutating func clear(_ node: Int, of pool: Int, isFailure: Bool) {
        for number in books[pool].jobs(on: node).sorted() {
            guard let position = state.position(ofNumber: number) else { continue }
            if isFailure { changeJob(position) { $0.fail(&$1) } } else { send(position) }
        }
        for index in services.indices {
            let blocks = Set(
                services[index].nodes.filter { $0.pool == pool && $0.node == node }.map(\.block))
            guard !blocks.isEmpty else { continue }
            if isFailure { result.serviceFailureCount += 1 }
            changeService(index) {
                for block in blocks.sorted() { $0.loseReplica(&$1, pool, block: block) }
                if $1.heldDevices == 0 { $0.closeService(&$1) }
            }
        }
    }

    /// A node, of which nothing is held, is no longer there.
    private mutating func shut(_ node: Int, of pool: Int) {
        state.rooms[pool].add(-state.rooms[pool].freeOnNode[node], to: node)
        present[pool] = books[pool].presentCount
    }

    /// A node is there again if nothing else keeps it out.
    private mutating func open(_ node: Int, of pool: Int) {
        guard books[pool].isUp(node) else { return }
        state.rooms[pool].add(books[pool].size(node), to: node)
        present[pool] = books[pool].presentCount
    }

    /// Takes nodes of so many devices out, those first that hold the least; what is left of the
    /// number, less than a node, rounds up to one.
    mutating func takeOut(_ count: Int, of pool: Int) {
        func held(_ node: Int) -> Int {
            books[pool].size(node) - state.rooms[pool].freeOnNode[node]
        }
        let up = books[pool].upNodes.sorted { (held($0), -$0) < (held($1), -$1) }
        // Nodes that failed are out too where those that are up are not enough.
        let failed = (0..<books[pool].nodeCount).filter {
            !books[pool].isUp($0) && !books[pool].isOut($0)
        }
        var left = count
        for node in up + failed where left > 0 {
            left -= books[pool].size(node)
            if books[pool].isUp(node) {
                clear(node, of: pool, isFailure: false)
                books[pool].setOut(node, true)
                shut(node, of: pool)
            } else {
                books[pool].setOut(node, true)
            }
        }
    }

    /// Brings nodes of so many devices back, or new ones where none were out.
    mutating func bringBack(_ count: Int, of pool: Int) {
        var left = count
        for node in books[pool].outNodes where left > 0 {
            left -= books[pool].size(node)
            books[pool].setOut(node, false)
            open(node, of: pool)
        }
        while left > 0 {
            let size = min(left, simulator.pools[pool].devicesPerNode)
            let node = books[pool].append(size: size)
            open(node, of: pool)
            left -= size
        }
    }
}
