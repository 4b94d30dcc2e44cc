extension SimulationRun {
    /// Lets services scale and asks the strategy for the rest.
    mutating func decide() throws(SimulationError) {
        scaleServices()
        // Services come first: jobs make room where those grew.
        if !services.isEmpty { for pool in present.indices { evict(pool) } }
        for pool in present.indices {
            state.deviceCounts[pool] = max(0, present[pool] - serviceDevices[pool])
        }
        guard !state.jobs.isEmpty else { return }
        result.decisionCount += 1
        if isRound { for index in state.jobs.indices { unpark(index) } }
        if strategy.readsProgress {
            for index in state.jobs.indices { state.jobs[index].settle(at: state.seconds) }
        }
        let changes: [JobChange]
        do {
            changes = try strategy.changes(state)
        } catch let error as SimulationError {
            throw error
        } catch {
            throw .strategy(strategy.name, reason: "\(error)")
        }
        try check(changes)
        // What stops makes room for what starts, large blocks first.
        for change in changes { changeJob(change.position) { $0.stop(&$1, for: change.option) } }
        for change in startOrder(changes) {
            guard let choice = change.option else { continue }
            changeJob(change.position) { $0.start(&$1, by: choice, on: change.nodes) }
            if !isRound { schedule(change.position) }
        }
    }

    /// Starts in the order of the strategy where it names nodes or nodes do not matter, else those
    /// with the largest blocks first, which leaves the least room unused where sizes divide each other.
    private func startOrder(_ changes: [JobChange]) -> [JobChange] {
        let starts = changes.filter { $0.option != nil }
        guard state.rooms.contains(where: \.isByNode),
            starts.allSatisfy({ $0.nodes.isEmpty })
        else { return starts }
        let units = starts.map { change in
            change.option.map { state.jobs[change.position].record.job.options[$0].unit } ?? 0
        }
        return starts.indices.sorted { (-units[$0], $0) < (-units[$1], $1) }.map { starts[$0] }
    }

    private func check(_ changes: [JobChange]) throws(SimulationError) {
        var used = state.usedDevices
        var seen: Set<Int> = []
        for change in changes {
            guard state.jobs.indices.contains(change.position),
                seen.insert(change.position).inserted
            else { throw .unknownJob(strategy: strategy.name, position: change.position) }
            let job = state.jobs[change.position]
            if let old = job.option { job.job.options[old].add(-1, to: &used) }
            guard let choice = change.option else { continue }
            let options = job.record.job.options
            guard options.indices.contains(choice), options[choice].rate > 0 else {
                throw .unknownOption(strategy: strategy.name, job: job.job.id, option: choice)
            }
            options[choice].add(1, to: &used)
        }
        for (pool, amount) in used.enumerated() where amount > state.deviceCounts[pool] {
            throw .overCommitted(
                strategy: strategy.name, pool: simulator.pools[pool].name, used: amount,
                present: state.deviceCounts[pool])
        }
    }

    /// Lets `body` change a job and the run together.
    mutating func changeJob(_ index: Int, _ body: (inout Self, inout JobState) -> Void) {
        var job = state.jobs[index]
        body(&self, &job)
        state.jobs[index] = job
    }

    /// Lets `body` change a service and the run together.
    mutating func changeService(_ index: Int, _ body: (inout Self, inout JobState) -> Void) {
        var service = services[index]
        body(&self, &service)
        services[index] = service
    }

    /// Stops `job`, to wait or to go on by another option; saving happens on the old devices while
    /// loading waits for it, so the new ones pay for both.
    private mutating func stop(_ job: inout JobState, for choice: Int?) {
        guard let old = job.option else { return }
        close(&job)
        job.savedRemainingWork = job.remainingWork
        if choice == nil {
            result.preemptionCount += 1
        } else {
            result.migrationCount += 1
            job.savingSeconds = storageSeconds(job.job, job.job.options[old])
        }
    }

    /// Starts `job`; a job that ran before loads its checkpoint first. Where no nodes have room for
    /// it, it waits.
    private mutating func start(_ job: inout JobState, by choice: Int, on nodes: [NodeShare]) {
        let option = job.job.options[choice]
        guard seat(&job, option, on: nodes) else {
            result.unplacedCount += 1
            job.savingSeconds = 0
            return
        }
        begin(&job, option, choice)
        option.add(1, to: &state.usedDevices)
        runningCount += 1
        state.waiting.remove(job.index, group: job.group)
        job.quota = .infinity
    }

    /// What jobs and services do alike when they start.
    mutating func begin(
        _ job: inout JobState, _ option: RunOption, _ choice: Int
    ) {
        var delay = 0.0
        if job.hasStarted {
            delay = job.savingSeconds + storageSeconds(job.job, option)
        }
        job.savingSeconds = 0
        result.overheadDeviceSeconds += delay * Double(option.totalDeviceCount)
        job.option = choice
        job.hasStarted = true
        job.rate = rate(option) * job.slowness
        job.heldSince = state.seconds
        job.settledAt = state.seconds
        job.resumesAt = state.seconds + delay
        job.nextCheckpointAt = job.resumesAt + job.job.checkpointIntervalSeconds
    }

    /// Seconds that saving or loading a job's checkpoint takes by an option.
    func storageSeconds(_ job: SimulatedJob, _ option: RunOption) -> Double {
        job.checkpointBytes / state.storageSpeed(option)
    }
}
