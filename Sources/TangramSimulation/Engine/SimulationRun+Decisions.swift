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
        // What stops makes room for what starts.
        for change in changes { changeJob(change.position) { $0.stop(&$1, for: change.option) } }
        for change in changes {
            guard let choice = change.option else { continue }
            changeJob(change.position) { $0.start(&$1, by: choice) }
            if !isRound { schedule(change.position) }
        }
    }

    private func check(_ changes: [JobChange]) throws(SimulationError) {
        var used = state.usedDevices
        var seen: Set<Int> = []
        for change in changes {
            guard state.jobs.indices.contains(change.position),
                seen.insert(change.position).inserted
            else { throw .unknownJob(strategy: strategy.name, position: change.position) }
            let job = state.jobs[change.position]
            if let old = job.option {
                used[job.job.options[old].pool] -= job.job.options[old].deviceCount
            }
            guard let choice = change.option else { continue }
            let options = job.record.job.options
            guard options.indices.contains(choice), options[choice].rate > 0 else {
                throw .unknownOption(strategy: strategy.name, job: job.job.id, option: choice)
            }
            used[options[choice].pool] += options[choice].deviceCount
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
            let pool = simulator.pools[job.job.options[old].pool]
            job.savingSeconds = job.job.checkpointBytes / pool.storageBytesPerSecond
        }
    }

    /// Starts `job`; a job that ran before loads its checkpoint first.
    private mutating func start(_ job: inout JobState, by choice: Int) {
        let option = job.job.options[choice]
        begin(&job, option, choice)
        state.usedDevices[option.pool] += option.deviceCount
        runningCount += 1
        state.waiting.remove(job.index, group: job.group)
        job.quota = .infinity
    }

    /// What jobs and services do alike when they start.
    private mutating func begin(
        _ job: inout JobState, _ option: RunOption, _ choice: Int
    ) {
        var delay = 0.0
        if job.hasStarted {
            let pool = simulator.pools[option.pool]
            delay = job.savingSeconds + job.job.checkpointBytes / pool.storageBytesPerSecond
        }
        job.savingSeconds = 0
        result.overheadDeviceSeconds += delay * Double(option.deviceCount)
        job.option = choice
        job.hasStarted = true
        job.rate = option.rate * speeds[option.pool] * job.slowness
        job.heldSince = state.seconds
        job.settledAt = state.seconds
        job.resumesAt = state.seconds + delay
        job.nextCheckpointAt = job.resumesAt + job.job.checkpointIntervalSeconds
    }

    /// Gives every service the smallest option that carries its load with headroom, the largest
    /// that is free where none does.
    private mutating func scaleServices() {
        guard !services.isEmpty else { return }
        var free = present
        for index in services.indices {
            guard let load = services[index].job.load else { continue }
            let options = services[index].job.options
            let wanted =
                load.rate(at: state.seconds + ServiceLoad.scalingSeconds / 2)
                * load.headroom
            let fitting = options.indices.filter {
                options[$0].deviceCount <= free[options[$0].pool]
                    && options[$0].rate * speeds[options[$0].pool] > 0
            }
            let enough = fitting.filter {
                options[$0].rate * speeds[options[$0].pool] >= wanted
            }.min { cost(options[$0]) < cost(options[$1]) }
            let choice = enough ?? fitting.max { options[$0].rate < options[$1].rate }
            if choice != services[index].option {
                changeService(index) { $0.scale(&$1, to: choice) }
            }
            if let choice { free[options[choice].pool] -= options[choice].deviceCount }
        }
    }

    /// Starts or stops replicas; those that stay in their pool go on while others load.
    private mutating func scale(_ service: inout JobState, to choice: Int?) {
        let old = service.option.map { service.job.options[$0] }
        closeService(&service)
        guard let choice else { return }
        let option = service.job.options[choice]
        let isSamePool = old?.pool == option.pool
        service.standbyRate = isSamePool ? min(old?.rate ?? 0, option.rate) : 0
        begin(&service, option, choice)
        serviceDevices[option.pool] += option.deviceCount
    }

    /// What an option costs, or its devices where nothing has a price.
    private func cost(_ option: RunOption) -> Double {
        let price = state.dollarsPerDeviceHour[option.pool]
        return Double(option.deviceCount) * (price > 0 ? price : 1)
    }
}
