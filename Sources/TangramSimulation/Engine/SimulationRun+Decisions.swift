extension SimulationRun {
    /// Lets services scale and asks the strategy for the rest.
    mutating func decide() throws(SimulationError) {
        scaleServices()
        // Services come first: jobs make room where those grew.
        if !services.isEmpty { for pool in present.indices { evict(pool) } }
        var free = present
        for service in services {
            guard let choice = service.option else { continue }
            let option = service.job.options[choice]
            free[option.pool] -= option.deviceCount
        }
        state.deviceCounts = free.map { max(0, $0) }
        guard !state.jobs.isEmpty else { return }
        result.decisionCount += 1
        let choices: [Int?]
        do {
            choices = try strategy.decide(state)
        } catch {
            throw .strategy(strategy.name, reason: "\(error)")
        }
        guard choices.count == state.jobs.count else {
            throw .wrongChoiceCount(
                strategy: strategy.name, choices: choices.count, jobs: state.jobs.count)
        }
        var used = [Int](repeating: 0, count: present.count)
        for (index, choice) in choices.enumerated() {
            guard let choice else { continue }
            let job = state.jobs[index].job
            guard job.options.indices.contains(choice), job.options[choice].rate > 0 else {
                throw .unknownOption(strategy: strategy.name, job: job.id, option: choice)
            }
            used[job.options[choice].pool] += job.options[choice].deviceCount
        }
        for (pool, amount) in used.enumerated() where amount > state.deviceCounts[pool] {
            throw .overCommitted(
                strategy: strategy.name, pool: simulator.pools[pool].name, used: amount,
                present: state.deviceCounts[pool])
        }
        for (index, choice) in choices.enumerated() where choice != state.jobs[index].option {
            changeJob(index) { $0.switchJob(&$1, to: choice) }
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

    /// Stops `job` and starts it by another option; saving happens on the old devices while loading
    /// waits for it, so the new ones pay for both.
    private mutating func switchJob(_ job: inout JobState, to choice: Int?) {
        let old = job.option
        if old != nil {
            close(&job)
            job.savedRemainingWork = job.remainingWork
            if choice == nil { result.preemptionCount += 1 } else { result.migrationCount += 1 }
        }
        guard let choice else { return }
        start(&job, by: choice, saves: old)
    }

    /// Starts `job`; a job that ran before loads its checkpoint first.
    mutating func start(_ job: inout JobState, by choice: Int, saves old: Int? = nil) {
        let option = job.job.options[choice]
        var delay = 0.0
        if job.hasStarted {
            delay = job.job.checkpointBytes / simulator.pools[option.pool].storageBytesPerSecond
            if let old {
                let pool = job.job.options[old].pool
                delay += job.job.checkpointBytes / simulator.pools[pool].storageBytesPerSecond
            }
        }
        result.overheadDeviceSeconds += delay * Double(option.deviceCount)
        job.option = choice
        job.hasStarted = true
        job.heldSince = state.seconds
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
                changeService(index) {
                    $0.close(&$1)
                    if let choice { $0.start(&$1, by: choice) }
                }
            }
            if let choice { free[options[choice].pool] -= options[choice].deviceCount }
        }
    }

    /// What an option costs, or its devices where nothing has a price.
    private func cost(_ option: RunOption) -> Double {
        let price = state.dollarsPerDeviceHour[option.pool]
        return Double(option.deviceCount) * (price > 0 ? price : 1)
    }
}
