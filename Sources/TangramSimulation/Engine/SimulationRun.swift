/// One playing of a trace: the clock, and what is where.
///
/// Nothing here walks all jobs at an event. What a job did is counted when it stops, changes speed or
/// is looked at; ends wait in a heap; devices in use are counters.
struct SimulationRun<Source: JobSource, Strategy: SchedulingStrategy> {
    let simulator: Simulator
    /// Whether decisions are made in rounds.
    let isRound: Bool
    var source: Source
    var strategy: Strategy
    let progress: ((Int) -> Void)?
    var state: ClusterState
    /// Services run beside; they come first, and strategies see what they leave.
    var services: [JobState] = []
    var result: SimulationResult
    var failures: FailureProcess
    var stragglers: StragglerProcess
    var ends = EndQueue()
    /// The nodes of each pool.
    var books: [NodeBook]
    /// Devices of each pool that are up.
    var present: [Int]
    /// Devices of each pool that services hold.
    var serviceDevices: [Int]
    var speeds: [Double]
    /// Jobs that hold devices or are done with their part of a round.
    var runningCount = 0
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
        if case .rounds = simulator.settings.timing { isRound = true } else { isRound = false }
        let pools = simulator.pools
        present = pools.map(\.deviceCount)
        serviceDevices = pools.map { _ in 0 }
        speeds = pools.map { _ in 1 }
        state = ClusterState(
            seconds: 0, deviceCounts: present, usedDevices: pools.map { _ in 0 }, pools: pools,
            dollarsPerDeviceHour: pools.map(\.dollarsPerDeviceHour), jobs: [])
        state.rooms = pools.enumerated().map { index, pool in
            NodeRoom(
                pool: index, deviceCount: pool.deviceCount, devicesPerNode: pool.devicesPerNode,
                nodesPerDomain: pool.nodesPerDomain)
        }
        books = state.rooms.map { NodeBook($0) }
        result = SimulationResult(
            strategy: strategy.name, source: strategy.source, knowsWork: strategy.knowsWork)
        result.pools = pools.map { PoolUsage(name: $0.name) }
        failures = FailureProcess(pools, seed: simulator.settings.seed)
        stragglers = StragglerProcess(pools, seed: simulator.settings.seed)
    }

    mutating func play() throws(SimulationError) -> SimulationResult {
        try fetch()
        switch simulator.settings.timing {
        case .events(let minimum): try playEvents(minimumSeconds: minimum)
        case .rounds(let length): try playRounds(seconds: length)
        }
        for index in state.jobs.indices { changeJob(index) { $0.close(&$1) } }
        for index in services.indices { changeService(index) { $0.closeService(&$1) } }
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
            var next = min(
                nextChange(), upcoming?.arrivalSeconds ?? .infinity,
                simulator.settings.endSeconds)
            if needsDecision { next = min(next, lastDecision + minimumSeconds) }
            guard next.isFinite else { throw stuck() }
            advance(to: next)
            if finishJobs() { needsDecision = true }
            if state.seconds >= simulator.settings.endSeconds || isHopeless { return }
        }
    }

    /// Empty rounds after which jobs wait for ever: more than any strategy takes to make shares (Gavel
    /// takes six).
    private static var idleRounds: Double { 20 }

    /// Rounds are as long as the job in them that takes longest; nothing is decided in between.
    private mutating func playRounds(seconds length: Double) throws(SimulationError) {
        while upcoming != nil || !state.jobs.isEmpty || !services.isEmpty {
            try admitArrivals()
            applyEvents()
            guard !state.jobs.isEmpty || !services.isEmpty else {
                advance(to: min(upcoming?.arrivalSeconds ?? .infinity, nextChange()))
                continue
            }
            try decide()
            var end = state.seconds
            for index in state.jobs.indices where state.jobs[index].option != nil {
                end = max(end, startRound(index, seconds: length))
            }
            if !services.isEmpty { end = max(end, state.seconds + length) }
            if end == state.seconds {
                let next = min(
                    nextChange(), upcoming?.arrivalSeconds ?? .infinity,
                    simulator.settings.endSeconds)
                // A strategy that makes shares now and then may leave a round empty.
                let isPatient = state.seconds < lastBusy + Self.idleRounds * length
                guard next.isFinite || isPatient else { throw stuck() }
                end = isPatient ? min(next, state.seconds + length) : next
            }
            while state.seconds < end, state.seconds < simulator.settings.endSeconds {
                advance(to: min(end, nextChange(), simulator.settings.endSeconds))
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
                result.askedDeviceSeconds += job.work * entry.record.deviceSecondsPerWork
                if job.deadlineSeconds != nil { result.deadlineCount += 1 }
                entry.group = state.waiting.admit(job, number: entry.index)
                state.jobs.append(entry)
            }
            needsDecision = true
            try fetch()
        }
    }

    /// Devices held from now until `end`.
    mutating func advance(to end: Double) {
        let length = end - state.seconds
        guard length > 0 else { return }
        for service in services { serve(service, until: end) }
        if state.jobs.isEmpty || runningCount > 0 { lastBusy = end }
        var (usedSum, presentSum) = (0.0, 0.0)
        for pool in simulator.pools.indices {
            let used = state.usedDevices[pool] + serviceDevices[pool]
            let busy = Double(used) * length
            let there = Double(present[pool]) * length
            result.pools[pool].usedDeviceSeconds += busy
            result.pools[pool].presentDeviceSeconds += there
            result.pools[pool].dollars += busy / 3_600 * state.dollarsPerDeviceHour[pool]
            result.pools[pool].joules += busy * simulator.pools[pool].wattsPerDevice
            let room = state.rooms[pool]
            let free = room.isByNode ? room.freeCount : present[pool] - used
            if free > 0, state.waiting.count > 0,
                state.waiting.isTooLarge(pool: pool, free: free, room)
            {
                result.pools[pool].fragmentedDeviceSeconds += Double(free) * length
            }
            usedSum += busy
            presentSum += there
        }
        if presentSum > 0 {
            result.utilisation.add(usedSum / presentSum, from: state.seconds, until: end)
        }
        crowd += Double(state.jobs.count) * length
        state.seconds = end
    }
}
