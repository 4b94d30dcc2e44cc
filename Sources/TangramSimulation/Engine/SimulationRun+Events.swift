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
            let (pool, repairedNode) = failures.pop()
            if let repairedNode {
                repair(repairedNode, of: pool)
            } else {
                breakNode(of: pool, draw: failures.drawVictim())
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
            if state.rooms[event.pool].isByNode {
                count < 0 ? takeOut(-count, of: event.pool) : bringBack(count, of: event.pool)
            } else {
                addCounted(count, to: event.pool)
            }
        case .dollarsPerDeviceHour(let price): state.dollarsPerDeviceHour[event.pool] = price
        case .speed(let speed): change(speed, of: event.pool)
        }
        needsDecision = true
    }

    /// Running jobs of the pool go on at another speed.
    private mutating func change(_ speed: Double, of pool: Int) {
        speeds[pool] = speed
        for index in state.jobs.indices {
            guard let option = runningOption(state.jobs[index]), option.uses(pool: pool) else {
                continue
            }
            state.jobs[index].settle(at: state.seconds)
            state.jobs[index].rate = rate(option) * state.jobs[index].slowness
            if !state.jobs[index].isParked { schedule(index) }
        }
    }

    /// Work per second by an option now: several pools go at the speed of the slowest.
    func rate(_ option: RunOption) -> Double {
        option.rate * option.others.reduce(speeds[option.pool]) { min($0, speeds[$1.pool]) }
    }

    /// The option that a job runs by.
    func runningOption(_ job: JobState) -> RunOption? {
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
            for index in holders(pool, draw: draw) {
                stragglers.strike(state.jobs[index], pool: pool, at: state.seconds)
                slow(index, to: simulator.pools[pool].stragglerSpeed)
                result.stragglerCount += 1
            }
        }
    }

    private mutating func slow(_ index: Int, to slowness: Double) {
        guard let option = runningOption(state.jobs[index]) else { return }
        state.jobs[index].settle(at: state.seconds)
        state.jobs[index].slowness = slowness
        state.jobs[index].rate = rate(option) * slowness
        if !state.jobs[index].isParked { schedule(index) }
    }

    /// The jobs on the drawn node, or that hold the drawn device; `draw` is 0..<1 of the pool.
    private func holders(_ pool: Int, draw: Double) -> [Int] {
        if state.rooms[pool].isByNode {
            guard let node = books[pool].upNode(draw) else { return [] }
            return books[pool].jobs(on: node).sorted().compactMap {
                state.position(ofNumber: $0)
            }
        }
        var device = draw * Double(present[pool])
        return holder(pool, of: &device).map { [$0] } ?? []
    }

    /// The job that holds a device of a pool whose devices are only counted; what is left of the
    /// number where no job does.
    func holder(_ pool: Int, of device: inout Double) -> Int? {
        for index in state.jobs.indices {
            guard let option = runningOption(state.jobs[index]), option.uses(pool: pool) else {
                continue
            }
            for share in option.shares where share.pool == pool {
                device -= Double(share.deviceCount)
            }
            if device < 0 { return index }
        }
        return nil
    }

    mutating func fail(_ job: inout JobState) {
        close(&job)
        let lost = max(0, job.savedRemainingWork - job.remainingWork)
        result.lostDeviceSeconds += lost * job.record.deviceSecondsPerWork
        job.remainingWork += lost
        result.failureCount += 1
    }

    /// Stops jobs, the latest first, until what runs fits what is there, in a pool whose devices are
    /// only counted. They were told, so nothing is lost but time.
    mutating func evict(_ pool: Int) {
        func isOver() -> Bool {
            state.usedDevices[pool] + serviceDevices[pool] > present[pool]
        }
        guard !state.rooms[pool].isByNode, isOver() else { return }
        for index in state.jobs.indices.reversed() where isOver() {
            guard let option = runningOption(state.jobs[index]), option.uses(pool: pool),
                !state.jobs[index].isParked
            else { continue }
            send(index)
        }
        for index in services.indices.reversed() where isOver() {
            guard runningOption(services[index])?.pool == pool else { continue }
            changeService(index) { $0.closeService(&$1) }
        }
    }

    /// Stops a job that was told to make room.
    mutating func send(_ index: Int) {
        changeJob(index) {
            $0.close(&$1)
            $1.savedRemainingWork = $1.remainingWork
        }
        result.preemptionCount += 1
    }
}
