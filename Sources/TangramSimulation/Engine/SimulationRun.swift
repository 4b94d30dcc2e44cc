/// One playing of a trace: the clock, and what is where.
struct SimulationRun<Source: JobSource, Strategy: SchedulingStrategy> {
    let simulator: Simulator
    var source: Source
    var strategy: Strategy
    let progress: ((Int) -> Void)?
    var state: ClusterState
    /// Services run beside; they come first, and strategies see what they leave.
    var services: [JobState] = []
    var result: SimulationResult
    var failures: FailureProcess
    /// Devices of each pool that are up.
    var present: [Int]
    var speeds: [Double]
    var nextEvent = 0
    var upcoming: SimulatedJob?
    var arrivedCount = 0
    var lastArrival = 0.0
    /// ∫ number of jobs dt.
    var crowd = 0.0
    var needsDecision = true
    var nextScaling = 0.0
    var lastDecision = -Double.infinity
    /// When a job last ran.
    var lastBusy = 0.0

    init(
        _ simulator: Simulator, source: Source, strategy: Strategy, progress: ((Int) -> Void)?
    ) {
        self.simulator = simulator
        self.source = source
        self.strategy = strategy
        self.progress = progress
        let pools = simulator.pools
        present = pools.map(\.deviceCount)
        speeds = pools.map { _ in 1 }
        state = ClusterState(
            seconds: 0, deviceCounts: present, pools: pools,
            dollarsPerDeviceHour: pools.map(\.dollarsPerDeviceHour), jobs: [])
        result = SimulationResult(
            strategy: strategy.name, source: strategy.source, knowsWork: strategy.knowsWork)
        result.pools = pools.map { PoolUsage(name: $0.name) }
        failures = FailureProcess(pools, seed: simulator.settings.seed)
    }

    mutating func play() throws(SimulationError) -> SimulationResult {
        try fetch()
        switch simulator.settings.timing {
        case .events(let minimum): try playEvents(minimumSeconds: minimum)
        case .rounds(let length): try playRounds(seconds: length)
        }
        for index in state.jobs.indices { changeJob(index) { $0.close(&$1) } }
        for index in services.indices { changeService(index) { $0.close(&$1) } }
        result.unfinishedCount = state.jobs.count
        return result
    }

    private mutating func playEvents(minimumSeconds: Double) throws(SimulationError) {
        while upcoming != nil || !state.jobs.isEmpty || !services.isEmpty {
            try admitArrivals()
            applyEvents()
            let mayDecide = state.seconds >= lastDecision + minimumSeconds
            if needsDecision, mayDecide {
                try decide()
                lastDecision = state.seconds
                needsDecision = false
            }
            var next = min(nextChange(), simulator.settings.endSeconds)
            if needsDecision { next = min(next, lastDecision + minimumSeconds) }
            guard next.isFinite else { throw stuck() }
            advance(to: next)
            if finishJobs() { needsDecision = true }
            if state.seconds >= simulator.settings.endSeconds || isHopeless { return }
        }
    }

    /// Rounds are as long as the job in them that takes longest; nothing is decided in between.
    private mutating func playRounds(seconds length: Double) throws(SimulationError) {
        while upcoming != nil || !state.jobs.isEmpty || !services.isEmpty {
            try admitArrivals()
            applyEvents()
            guard !state.jobs.isEmpty || !services.isEmpty else {
                advance(to: upcoming?.arrivalSeconds ?? state.seconds)
                continue
            }
            try decide()
            var end = state.seconds
            for index in state.jobs.indices {
                guard let choice = state.jobs[index].option else { continue }
                let job = state.jobs[index]
                let rate = job.job.options[choice].rate
                let quota = min((rate * length).rounded(.down), job.remainingWork)
                // A rate of less than one unit a round still has to move.
                state.jobs[index].quota = quota > 0 ? quota : min(rate * length, job.remainingWork)
                let speed = speeds[job.job.options[choice].pool]
                guard speed > 0 else { continue }
                let start = max(state.seconds, job.resumesAt)
                end = max(end, start + state.jobs[index].quota / (rate * speed))
            }
            if !services.isEmpty { end = max(end, state.seconds + length) }
            if end == state.seconds {
                let next = min(nextChange(), simulator.settings.endSeconds)
                guard next.isFinite else { throw stuck() }
                end = next
            }
            while state.seconds < end, state.seconds < simulator.settings.endSeconds {
                let next = min(end, nextChange(), simulator.settings.endSeconds)
                let stop = next > state.seconds ? next : end
                advance(to: stop)
                _ = finishJobs()
                if state.seconds < end { applyEvents() }
            }
            if state.seconds >= simulator.settings.endSeconds || isHopeless { return }
        }
    }

    /// Whether jobs waited through a whole day of service load with nothing to come.
    private var isHopeless: Bool {
        !services.isEmpty && upcoming == nil && nextEvent >= simulator.events.count
            && state.seconds > lastBusy + 86_400
    }

    private func stuck() -> SimulationError {
        .stuck(
            strategy: strategy.name, waiting: state.jobs.count,
            example: state.jobs.first?.job.id ?? "")
    }

    /// Reads the next job of the trace.
    private mutating func fetch() throws(SimulationError) {
        do {
            upcoming = try source.next()
        } catch {
            throw .source("\(error)")
        }
        guard let job = upcoming else { return }
        try JobCheck.check(job, poolCount: simulator.pools.count)
        guard job.arrivalSeconds >= lastArrival else { throw .unsortedArrivals(id: job.id) }
        lastArrival = job.arrivalSeconds
    }

    private mutating func admitArrivals() throws(SimulationError) {
        while let job = upcoming, job.arrivalSeconds <= state.seconds {
            var entry = JobState(index: arrivedCount, job: job, poolCount: simulator.pools.count)
            entry.crowdAtArrival = crowd
            arrivedCount += 1
            if job.load != nil {
                services.append(entry)
            } else {
                result.askedDeviceSeconds += job.fastestDeviceSeconds(of: job.work)
                if job.deadlineSeconds != nil { result.deadlineCount += 1 }
                state.jobs.append(entry)
            }
            needsDecision = true
            try fetch()
        }
    }

    /// Work done and devices held from now until `end`.
    mutating func advance(to end: Double) {
        let length = end - state.seconds
        guard length > 0 else { return }
        var used = [Double](repeating: 0, count: simulator.pools.count)
        let isRound: Bool
        if case .rounds = simulator.settings.timing { isRound = true } else { isRound = false }
        let now = state.seconds
        for index in state.jobs.indices {
            state.jobs[index].run(
                from: now, until: end, speeds: speeds, isRound: isRound, used: &used)
        }
        for service in services { serve(service, until: end, used: &used) }
        if state.jobs.isEmpty || state.jobs.contains(where: { $0.option != nil }) { lastBusy = end }
        let waits = state.jobs.contains { $0.option == nil }
        var (usedSum, presentSum) = (0.0, 0.0)
        for pool in simulator.pools.indices {
            let busy = used[pool]
            let there = Double(present[pool]) * length
            result.pools[pool].usedDeviceSeconds += busy
            result.pools[pool].presentDeviceSeconds += there
            result.pools[pool].dollars += busy / 3_600 * state.dollarsPerDeviceHour[pool]
            result.pools[pool].joules += busy * simulator.pools[pool].wattsPerDevice
            if waits, isFragmented(pool, free: (there - busy) / length) {
                result.pools[pool].fragmentedDeviceSeconds += there - busy
            }
            usedSum += used[pool]
            presentSum += there
        }
        if presentSum > 0 {
            result.utilisation.add(usedSum / presentSum, from: state.seconds, until: end)
        }
        crowd += Double(state.jobs.count) * length
        state.seconds = end
    }

    /// Whether something is free in the pool and a job waits that is only too large for it.
    private func isFragmented(_ pool: Int, free: Double) -> Bool {
        guard free > 0 else { return false }
        return state.jobs.contains { job in
            job.option == nil
                && job.job.options.contains {
                    $0.pool == pool && $0.rate > 0 && Double($0.deviceCount) > free
                }
        }
    }
}
