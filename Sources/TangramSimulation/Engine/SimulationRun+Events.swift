extension SimulationRun {
    /// Whatever is due: events of pools, failures and repairs, steps of service load.
    mutating func applyEvents() {
        while nextEvent < simulator.events.count,
            simulator.events[nextEvent].seconds <= state.seconds
        {
            apply(simulator.events[nextEvent])
            nextEvent += 1
        }
        while failures.nextSeconds <= state.seconds {
            let (pool, isRepair) = failures.pop()
            let devices = simulator.pools[pool].devicesPerNode
            if isRepair {
                present[pool] += devices
            } else {
                let lost = min(devices, present[pool])
                if let index = holder(pool, draw: failures.drawVictim()) {
                    changeJob(index) { $0.fail(&$1) }
                }
                present[pool] -= lost
                failures.scheduleRepair(pool, devices: lost, at: state.seconds)
                evict(pool)
            }
            needsDecision = true
        }
        strikeStragglers()
        if !services.isEmpty, state.seconds >= nextScaling {
            nextScaling = state.seconds + ServiceLoad.scalingSeconds
            needsDecision = true
        }
    }

    private mutating func apply(_ event: PoolEvent) {
        switch event.change {
        case .devices(let count):
            present[event.pool] = max(0, present[event.pool] + count)
            evict(event.pool)
        case .dollarsPerDeviceHour(let price): state.dollarsPerDeviceHour[event.pool] = price
        case .speed(let speed): change(speed, of: event.pool)
        }
        needsDecision = true
    }

    /// Running jobs of the pool go on at another speed.
    private mutating func change(_ speed: Double, of pool: Int) {
        for index in state.jobs.indices {
            guard let option = runningOption(state.jobs[index]), option.pool == pool else {
                continue
            }
            state.jobs[index].settle(at: state.seconds)
            state.jobs[index].rate = option.rate * speed * state.jobs[index].slowness
            if !state.jobs[index].isParked { schedule(index) }
        }
        speeds[pool] = speed
    }

    /// The option that a job runs by.
    private func runningOption(_ job: JobState) -> RunOption? {
        job.option.map { job.record.job.options[$0] }
    }

    /// Nodes become slow and fast again, with the jobs that hold them.
    private mutating func strikeStragglers() {
        while let spell = stragglers.popEnd(at: state.seconds) {
            guard let index = state.position(ofNumber: spell.number),
                state.jobs[index].heldSince == spell.heldSince
            else { continue }
            slow(index, to: 1)
        }
        while let (pool, draw) = stragglers.popOnset(at: state.seconds) {
            guard let index = holder(pool, draw: draw) else { continue }
            stragglers.strike(state.jobs[index], pool: pool, at: state.seconds)
            slow(index, to: simulator.pools[pool].stragglerSpeed)
            result.stragglerCount += 1
        }
    }

    private mutating func slow(_ index: Int, to slowness: Double) {
        guard let option = runningOption(state.jobs[index]) else { return }
        state.jobs[index].settle(at: state.seconds)
        state.jobs[index].slowness = slowness
        state.jobs[index].rate = option.rate * speeds[option.pool] * slowness
        if !state.jobs[index].isParked { schedule(index) }
    }

    /// The job that holds the drawn device, if any; `draw` is 0..<1 of the pool.
    private func holder(_ pool: Int, draw: Double) -> Int? {
        var device = draw * Double(present[pool])
        for index in state.jobs.indices {
            guard let option = runningOption(state.jobs[index]), option.pool == pool else {
                continue
            }
            device -= Double(option.deviceCount)
            if device < 0 { return index }
        }
        return nil
    }

    private mutating func fail(_ job: inout JobState) {
        close(&job)
        let lost = max(0, job.savedRemainingWork - job.remainingWork)
        result.lostDeviceSeconds += lost * job.record.deviceSecondsPerWork
        job.remainingWork += lost
        result.failureCount += 1
    }

    /// Stops jobs, the latest first, until what runs fits what is there. They were told, so nothing
    /// is lost but time.
    mutating func evict(_ pool: Int) {
        func isOver() -> Bool {
            state.usedDevices[pool] + serviceDevices[pool] > present[pool]
        }
        guard isOver() else { return }
        for index in state.jobs.indices.reversed() where isOver() {
            guard let option = runningOption(state.jobs[index]), option.pool == pool,
                !state.jobs[index].isParked
            else { continue }
            changeJob(index) {
                $0.close(&$1)
                $1.savedRemainingWork = $1.remainingWork
            }
            result.preemptionCount += 1
        }
        for index in services.indices.reversed() where isOver() {
            guard runningOption(services[index])?.pool == pool else { continue }
            changeService(index) { $0.closeService(&$1) }
        }
    }
}
