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
                hit(pool, draw: failures.drawVictim())
                present[pool] -= lost
                failures.scheduleRepair(pool, devices: lost, at: state.seconds)
                evict(pool)
            }
            needsDecision = true
        }
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
        case .speed(let speed): speeds[event.pool] = speed
        }
        needsDecision = true
    }

    /// A failure hits the job that holds the drawn device, if any; `draw` is 0..<1 of the pool.
    private mutating func hit(_ pool: Int, draw: Double) {
        var device = draw * Double(present[pool])
        for index in state.jobs.indices {
            guard let choice = state.jobs[index].option else { continue }
            let option = state.jobs[index].job.options[choice]
            guard option.pool == pool else { continue }
            device -= Double(option.deviceCount)
            if device < 0 {
                changeJob(index) { $0.fail(&$1) }
                return
            }
        }
    }

    private mutating func fail(_ job: inout JobState) {
        close(&job)
        let lost = max(0, job.savedRemainingWork - job.remainingWork)
        result.lostDeviceSeconds += job.job.fastestDeviceSeconds(of: lost)
        job.remainingWork += lost
        result.failureCount += 1
    }

    /// Stops jobs, the latest first, until what runs fits what is there. They were told, so nothing
    /// is lost but time.
    mutating func evict(_ pool: Int) {
        var used = 0
        for job in state.jobs + services {
            guard let choice = job.option else { continue }
            let option = job.job.options[choice]
            if option.pool == pool { used += option.deviceCount }
        }
        for index in state.jobs.indices.reversed() where used > present[pool] {
            guard let choice = state.jobs[index].option else { continue }
            let option = state.jobs[index].job.options[choice]
            guard option.pool == pool else { continue }
            used -= option.deviceCount
            changeJob(index) {
                $0.close(&$1)
                $1.savedRemainingWork = $1.remainingWork
            }
            result.preemptionCount += 1
        }
        for index in services.indices.reversed() where used > present[pool] {
            guard let choice = services[index].option else { continue }
            let option = services[index].job.options[choice]
            guard option.pool == pool else { continue }
            used -= option.deviceCount
            changeService(index) { $0.close(&$1) }
        }
    }
}
