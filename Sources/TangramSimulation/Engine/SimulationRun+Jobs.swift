extension SimulationRun {
    /// When the next thing happens: an arrival, the end of a job, a pool event, a failure or repair.
    func nextChange() -> Double {
        let isRound: Bool
        if case .rounds = simulator.settings.timing { isRound = true } else { isRound = false }
        var next = upcoming?.arrivalSeconds ?? .infinity
        if nextEvent < simulator.events.count {
            next = min(next, simulator.events[nextEvent].seconds)
        }
        // Failures alone do not keep a simulation going.
        if !state.jobs.isEmpty || !services.isEmpty || next.isFinite {
            next = min(next, failures.nextSeconds)
        }
        if !services.isEmpty { next = min(next, nextScaling) }
        for service in services { next = min(next, service.job.endSeconds ?? .infinity) }
        for job in state.jobs {
            guard let choice = job.option else { continue }
            let option = job.job.options[choice]
            let rate = option.rate * speeds[option.pool]
            guard rate > 0 else { continue }
            if isRound, job.quota <= 0 { continue }
            let left = isRound ? min(job.quota, job.remainingWork) : job.remainingWork
            next = min(next, max(state.seconds, job.resumesAt) + left / rate)
        }
        return max(next, state.seconds)
    }

    /// Requests of a service until `end`; its load counts as constant since the last step.
    mutating func serve(_ service: JobState, until end: Double, used: inout [Double]) {
        guard let load = service.job.load else { return }
        let length = end - state.seconds
        let rate = load.rate(at: (state.seconds + end) / 2)
        result.requestedCount += rate * length
        guard let choice = service.option else { return }
        let option = service.job.options[choice]
        let ready = max(0, end - max(state.seconds, service.resumesAt)) / length
        result.servedCount += min(rate, option.rate * speeds[option.pool]) * length * ready
        used[option.pool] += Double(option.deviceCount) * length
    }

    /// Takes away the jobs that are done; whether there were any.
    mutating func finishJobs() -> Bool {
        var isAny = false
        var kept = 0
        for index in state.jobs.indices {
            if state.jobs[index].remainingWork <= 0 {
                changeJob(index) { $0.finish(&$1) }
                isAny = true
            } else {
                if kept != index { state.jobs.swapAt(kept, index) }
                kept += 1
            }
        }
        if isAny {
            state.jobs.removeSubrange(kept...)
            if result.completedCount % 64 == 0 { progress?(result.completedCount) }
        }
        let open = services.count
        let isOver = state.jobs.isEmpty && upcoming == nil
        let now = state.seconds
        for index in services.indices where services[index].isOver(at: now, othersAreDone: isOver) {
            changeService(index) { $0.close(&$1) }
        }
        services.removeAll { $0.isOver(at: now, othersAreDone: isOver) }
        return isAny || services.count < open
    }

    private mutating func finish(_ job: inout JobState) {
        close(&job)
        let time = state.seconds - job.job.arrivalSeconds
        result.completedCount += 1
        result.completionTimes.add(time)
        result.makespanSeconds = max(result.makespanSeconds, state.seconds)
        result.doneDeviceSeconds += job.job.fastestDeviceSeconds(of: job.job.work)
        if let deadline = job.job.deadlineSeconds, state.seconds <= deadline {
            result.deadlinesMetCount += 1
        }
        let others = time > 0 ? max(1, (crowd - job.crowdAtArrival) / time) : 1
        let alone = job.job.equalShareSeconds(deviceCounts: present, jobCount: others)
        if alone > 0, alone.isFinite { result.fairnessRatios.add(time / alone) }
    }

    /// Ends the span that `job` runs, for the Gantt chart.
    mutating func close(_ job: inout JobState) {
        guard let choice = job.option else { return }
        let option = job.job.options[choice]
        if result.spans.count < simulator.settings.spanLimit, state.seconds > job.heldSince {
            result.spans.append(
                GanttSpan(
                    jobIndex: job.index, pool: option.pool, deviceCount: option.deviceCount,
                    start: job.heldSince, end: state.seconds))
        }
        job.option = nil
    }
}

extension JobState {
    /// Whether a service is turned off; one without an end goes on for as long as there are jobs.
    func isOver(at seconds: Double, othersAreDone: Bool) -> Bool {
        guard let end = job.endSeconds else { return othersAreDone }
        return end <= seconds
    }

    /// What the job does from `now` until `end`.
    mutating func run(
        from now: Double, until end: Double, speeds: [Double], isRound: Bool, used: inout [Double]
    ) {
        guard let choice = option else { return }
        let option = job.options[choice]
        if isRound, quota <= 0 { return }
        let rate = option.rate * speeds[option.pool]
        let start = min(end, max(now, resumesAt))
        var done = rate * (end - start)
        if isRound { done = min(done, quota) }
        // Rounding must not leave a crumb of work that takes no time.
        if done >= remainingWork * (1 - 1e-12) || remainingWork - done < rate * 1e-9 {
            done = remainingWork
        }
        remainingWork -= done
        let held: Double
        if isRound {
            // A gang that is done with its part of the round gives its devices back.
            held = min(end - now, rate > 0 ? start - now + done / rate : end - now)
            quota = quota - done <= rate * 1e-9 ? 0 : quota - done
        } else {
            held = end - now
        }
        secondsOnPool[option.pool] += held
        attainedDeviceSeconds += held * Double(option.deviceCount)
        used[option.pool] += Double(option.deviceCount) * held
        guard nextCheckpointAt <= end else { return }
        let missed = ((end - nextCheckpointAt) / job.checkpointIntervalSeconds).rounded(.down)
        nextCheckpointAt += missed * job.checkpointIntervalSeconds
        savedRemainingWork = remainingWork + rate * (end - nextCheckpointAt)
        nextCheckpointAt += job.checkpointIntervalSeconds
    }
}

extension SimulatedJob {
    /// Device-seconds that `work` takes by the fastest option.
    func fastestDeviceSeconds(of work: Double) -> Double {
        guard let best = options.max(by: { $0.rate < $1.rate }), best.rate > 0 else { return 0 }
        return work / best.rate * Double(best.deviceCount)
    }

    /// Seconds that the job takes on 1/`jobCount` of every pool.
    func equalShareSeconds(deviceCounts: [Int], jobCount: Double) -> Double {
        var (rate, share) = (0.0, 0.0)
        for index in rigidOptions {
            let option = options[index]
            let part =
                Double(deviceCounts[option.pool]) / jobCount / Double(option.deviceCount)
            rate += option.rate * part
            share += part
        }
        guard rate > 0 else { return .infinity }
        return work / (share > 1 ? rate / share : rate)
    }
}

extension ServiceLoad {
    /// Requests per second at a time.
    public func rate(at seconds: Double) -> Double {
        let day = 86_400.0
        return meanRate * max(0, 1 + swing * cosine(2 * Double.pi * (seconds - peakSeconds) / day))
    }
}
