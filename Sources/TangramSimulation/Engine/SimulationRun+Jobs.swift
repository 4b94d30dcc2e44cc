extension SimulationRun {
    /// When the next thing but an arrival happens: the end of a job or of its part of a round, a pool
    /// event, a failure or repair, a step of service load.
    mutating func nextChange() -> Double {
        var next = nextEnd()
        if nextEvent < simulator.events.count {
            next = min(next, simulator.events[nextEvent].seconds)
        }
        // Failures alone do not keep a simulation going.
        if !state.jobs.isEmpty || !services.isEmpty || upcoming != nil || next.isFinite {
            next = min(next, failures.nextSeconds, stragglers.nextSeconds)
        }
        if !services.isEmpty { next = min(next, nextScaling) }
        for service in services { next = min(next, service.job.endSeconds ?? .infinity) }
        return max(next, state.seconds)
    }

    /// When the first running job ends, leaving out what is stale.
    private mutating func nextEnd() -> Double {
        if ends.count > 4 * runningCount + 256 {
            let jobs = state
            ends.keep { entry in
                jobs.position(ofNumber: entry.number).map { jobs.jobs[$0].stamp } == entry.stamp
            }
        }
        while let first = ends.first {
            if let place = state.position(ofNumber: first.number),
                state.jobs[place].stamp == first.stamp
            {
                return first.seconds
            }
            ends.removeFirst()
        }
        return .infinity
    }

    /// Requests of a service until `end`; its load counts as constant since the last step.
    mutating func serve(_ service: JobState, until end: Double) {
        guard let load = service.job.load else { return }
        let length = end - state.seconds
        let rate = load.rate(at: (state.seconds + end) / 2)
        result.requestedCount += rate * length
        guard let choice = service.option else { return }
        let option = service.job.options[choice]
        let ready = max(0, end - max(state.seconds, service.resumesAt))
        let speed = speeds[option.pool]
        // Only the replicas on nodes that are up serve.
        let part = Double(service.heldDevices) / Double(option.deviceCount)
        result.servedCount +=
            min(rate, option.rate * part * speed) * ready
            + min(rate, service.standbyRate * speed) * (length - ready)
    }

    /// Takes away the jobs that are done by now; whether there were any.
    mutating func finishJobs() -> Bool {
        var done: [Int] = []
        while nextEnd() <= state.seconds, let first = ends.first {
            ends.removeFirst()
            guard let place = state.position(ofNumber: first.number) else { continue }
            if reachEnd(place) { done.append(place) }
        }
        if !done.isEmpty { remove(done.sorted()) }
        let open = services.count
        if open > 0 {
            let isOver = state.jobs.isEmpty && upcoming == nil
            let now = state.seconds
            for index in services.indices
            where services[index].isOver(at: now, othersAreDone: isOver) {
                changeService(index) { $0.closeService(&$1) }
            }
            services.removeAll { $0.isOver(at: now, othersAreDone: isOver) }
        }
        return !done.isEmpty || services.count < open
    }

    /// A job reached what was foreseen: its end, or the end of its part of the round.
    private mutating func reachEnd(_ place: Int) -> Bool {
        state.jobs[place].settle(at: state.seconds)
        // What is left of the part is a crumb of rounding that would take no time.
        let part = min(state.jobs[place].quota, state.jobs[place].remainingWork)
        state.jobs[place].remainingWork -= part
        state.jobs[place].quota = isRound ? 0 : .infinity
        if state.jobs[place].remainingWork <= state.jobs[place].rate * 1e-9 {
            state.jobs[place].remainingWork = 0
            changeJob(place) { $0.finish(&$1) }
            return true
        }
        park(place)
        return false
    }

    /// A gang that is done with its part of the round gives its devices back.
    private mutating func park(_ place: Int) {
        guard let choice = state.jobs[place].option else { return }
        state.jobs[place].job.options[choice].add(-1, to: &state.usedDevices)
        state.jobs[place].isParked = true
        state.jobs[place].stamp += 1
    }

    /// A gang that gave its devices back takes them again.
    mutating func unpark(_ place: Int) {
        guard state.jobs[place].isParked, let choice = state.jobs[place].option else { return }
        state.jobs[place].isParked = false
        state.jobs[place].settledAt = state.seconds
        state.jobs[place].record.job.options[choice].add(1, to: &state.usedDevices)
    }

    /// Gives a running job its part of a round; when it will be done with it.
    mutating func startRound(_ place: Int, seconds length: Double) -> Double {
        guard let choice = state.jobs[place].option else { return state.seconds }
        let option = state.jobs[place].job.options[choice]
        state.jobs[place].settle(at: state.seconds)
        let left = state.jobs[place].remainingWork
        let quota = min((option.rate * length).rounded(.down), left)
        // A rate of less than one unit a round still has to move.
        state.jobs[place].quota = quota > 0 ? quota : min(option.rate * length, left)
        schedule(place)
        return state.jobs[place].endSeconds.map { max($0, state.seconds) } ?? state.seconds
    }

    /// Foresees the end of a running job.
    mutating func schedule(_ place: Int) {
        state.jobs[place].stamp += 1
        guard let end = state.jobs[place].endSeconds else { return }
        ends.push(
            EndQueue.Entry(
                seconds: end, number: state.jobs[place].index, stamp: state.jobs[place].stamp))
    }

    /// Removes the jobs at ascending places: one by one where they are few, since moving memory is
    /// cheaper than moving jobs; else in one pass.
    private mutating func remove(_ places: [Int]) {
        defer { progress?(result.completedCount) }
        guard let first = places.first, places.count > 8 else {
            for place in places.reversed() { state.jobs.remove(at: place) }
            return
        }
        var (kept, skipped) = (first, 0)
        for place in first..<state.jobs.count {
            if skipped < places.count, places[skipped] == place {
                skipped += 1
            } else {
                state.jobs.swapAt(kept, place)
                kept += 1
            }
        }
        state.jobs.removeSubrange(kept...)
    }

    private mutating func finish(_ job: inout JobState) {
        release(&job)
        state.waiting.forget(group: job.group)
        let time = state.seconds - job.job.arrivalSeconds
        result.completedCount += 1
        result.completionTimes.add(time)
        result.makespanSeconds = max(result.makespanSeconds, state.seconds)
        result.doneDeviceSeconds += job.job.work * job.record.deviceSecondsPerWork
        if let deadline = job.job.deadlineSeconds, state.seconds <= deadline {
            result.deadlinesMetCount += 1
        }
        let others = time > 0 ? max(1, (crowd - job.crowdAtArrival) / time) : 1
        let alone = job.job.equalShareSeconds(deviceCounts: present, jobCount: others)
        if alone > 0, alone.isFinite { result.fairnessRatios.add(time / alone) }
    }

    /// Stops a job; it waits.
    mutating func close(_ job: inout JobState) {
        guard job.option != nil else { return }
        release(&job)
        state.waiting.insert(job.index, group: job.group)
    }

    /// Takes a job off its devices.
    mutating func release(_ job: inout JobState) {
        guard let choice = job.option else { return }
        job.settle(at: state.seconds)
        let option = job.job.options[choice]
        if !job.isParked { option.add(-1, to: &state.usedDevices) }
        giveBack(&job, option)
        runningCount -= 1
        endSpan(&job, option)
    }

    /// Stops a service.
    mutating func closeService(_ service: inout JobState) {
        guard let choice = service.option else { return }
        let option = service.job.options[choice]
        loseReplicas(&service, option.pool, devices: service.heldDevices)
        endSpan(&service, option)
    }

    /// Ends the span that `job` runs, for the Gantt chart.
    mutating func endSpan(_ job: inout JobState, _ option: RunOption) {
        if state.seconds > job.heldSince {
            for share in option.shares where result.spans.count < simulator.settings.spanLimit {
                result.spans.append(
                    GanttSpan(
                        jobIndex: job.index, pool: share.pool, deviceCount: share.deviceCount,
                        start: job.heldSince, end: state.seconds))
            }
        }
        job.option = nil
        job.isParked = false
        job.slowness = 1
        job.rate = 0
        job.stamp += 1
    }
}
