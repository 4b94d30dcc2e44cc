import TangramUnits

/// A trace of today's jobs on language models, drawn by a seed one job at a time: pre-training,
/// fine-tuning, reinforcement learning, and services whose load swings over the day.
///
/// Sizes and times are made up after what published traces have in common: most jobs small and short,
/// most device-time in few large ones (Hu et al., Characterization of LLM Development in the
/// Datacenter, NSDI 2024, §3: evaluation and fine-tuning are most jobs, pre-training takes most
/// device-time). The numbers of a kind are examples to change, not measurements.
public struct GeneratedTrace: JobSource {
    /// A kind of job.
    public struct Kind: Hashable, Sendable {
        /// The name, the first part of the names of jobs.
        public var name: String
        /// Part of the jobs, over the sum of all kinds.
        public var share: Double
        /// Devices that a job may ask for, each as likely.
        public var deviceCounts: [Int]
        /// Median hours on so many of the slowest devices.
        public var medianHours: Double
        /// Deviation of the logarithm of hours.
        public var deviation: Double
        /// Bytes of a checkpoint for each device.
        public var checkpointBytesPerDevice: Double
        /// How many times the hours a job may take until its deadline; nil for none.
        public var deadlineFactor: Double?
        /// Requests per second of one device where it serves; nil where it does not.
        public var requestsPerDevice: Double?

        /// Creates a kind.
        public init(
            name: String, share: Double, deviceCounts: [Int], medianHours: Double,
            deviation: Double, checkpointBytesPerDevice: Double, deadlineFactor: Double? = nil,
            requestsPerDevice: Double? = nil
        ) {
            self.name = name
            self.share = share
            self.deviceCounts = deviceCounts
            self.medianHours = medianHours
            self.deviation = deviation
            self.checkpointBytesPerDevice = checkpointBytesPerDevice
            self.deadlineFactor = deadlineFactor
            self.requestsPerDevice = requestsPerDevice
        }

        /// Pre-training, fine-tuning, reinforcement learning and serving.
        public static let examples = [
            Kind(
                name: "pretrain", share: 0.04, deviceCounts: [32, 64, 128, 256], medianHours: 24,
                deviation: 1, checkpointBytesPerDevice: 20e9),
            Kind(
                name: "finetune", share: 0.7, deviceCounts: [1, 1, 2, 4, 8, 8], medianHours: 0.7,
                deviation: 1.3, checkpointBytesPerDevice: 10e9, deadlineFactor: 4),
            Kind(
                name: "rl", share: 0.16, deviceCounts: [8, 16, 32], medianHours: 4, deviation: 1,
                checkpointBytesPerDevice: 20e9),
            Kind(
                name: "serve", share: 0.1, deviceCounts: [2, 4, 8], medianHours: 48, deviation: 0.5,
                checkpointBytesPerDevice: 16e9, requestsPerDevice: 2),
        ]
    }

    private let deviceCounts: [Int]
    private let speeds: [Double]
    private let kinds: [Kind]
    private let interval: Double
    private var left: Int
    private var number = 0
    private var time = 0.0
    private var generator: SeededGenerator

    /// Creates a trace.
    ///
    /// - Parameters:
    ///   - deviceCounts: Devices of each pool.
    ///   - speeds: Speed of a device of each pool, in any unit.
    ///   - load: Device-time asked for over that of the cluster in the same time.
    public init(
        deviceCounts: [Int], speeds: [Double], jobCount: Int, load: Double, seed: UInt64,
        kinds: [Kind] = Kind.examples
    ) {
        self.deviceCounts = deviceCounts
        let slowest = speeds.filter { $0 > 0 }.min() ?? 1
        self.speeds = speeds.map { $0 > 0 ? $0 / slowest : 1 }
        self.kinds = kinds.filter { $0.share > 0 && !$0.deviceCounts.isEmpty }
        left = self.kinds.isEmpty ? 0 : max(0, jobCount)
        generator = SeededGenerator(seed: seed)
        let shares = self.kinds.reduce(0) { $0 + $1.share }
        let largest = deviceCounts.max() ?? 0
        // Mean device-seconds of a job; the mean of a lognormal is its median × e^(σ²/2).
        let mean = self.kinds.reduce(0.0) { sum, kind in
            let sizes = kind.deviceCounts.map { Double(min($0, largest)) }
            let size = sizes.reduce(0, +) / Double(max(1, sizes.count))
            let hours = kind.medianHours * exponential(kind.deviation * kind.deviation / 2)
            return sum + kind.share / max(shares, 1e-9) * size * hours * 3_600
        }
        let capacity = zip(deviceCounts, self.speeds).reduce(0) { $0 + Double($1.0) * $1.1 }
        interval = capacity > 0 && load > 0 ? mean / capacity / load : 0
    }

    /// The next job.
    public mutating func next() -> SimulatedJob? {
        guard left > 0 else { return nil }
        left -= 1
        number += 1
        let arrival = time
        time += generator.exponential(mean: interval)
        let kind = draw()
        let wanted = kind.deviceCounts[generator.index(below: kind.deviceCounts.count)]
        let size = min(wanted, deviceCounts.max() ?? 1)
        let factor = exponential(generator.normal(mean: 0, deviation: kind.deviation))
        let seconds = kind.medianHours * 3_600 * factor
        if let requests = kind.requestsPerDevice {
            return service(kind, size, seconds, requests, arrival)
        }
        let options = deviceCounts.indices.filter { deviceCounts[$0] >= size }.flatMap { pool in
            // Half as many devices do half as much; twice as many are not offered.
            [size, size / 2].filter { $0 >= 1 && size >= 8 || $0 == size }.map {
                RunOption(pool: pool, deviceCount: $0, rate: speeds[pool] * Double($0))
            }
        }
        return SimulatedJob(
            id: "\(kind.name)-\(number)", arrivalSeconds: arrival,
            work: seconds * Double(size), options: options,
            deadlineSeconds: kind.deadlineFactor.map { arrival + $0 * seconds },
            checkpointBytes: kind.checkpointBytesPerDevice * Double(size))
    }

    private mutating func draw() -> Kind {
        var place = generator.unit() * kinds.reduce(0) { $0 + $1.share }
        for kind in kinds {
            place -= kind.share
            if place < 0 { return kind }
        }
        return kinds[kinds.count - 1]
    }

    /// A service of so many replicas at its mean load, up to twice as many at its peak.
    private mutating func service(
        _ kind: Kind, _ size: Int, _ seconds: Double, _ requests: Double, _ arrival: Double
    ) -> SimulatedJob {
        let mean = Double(size) * requests
        let options = deviceCounts.indices.flatMap { pool in
            (1...max(1, 2 * size)).filter { $0 <= deviceCounts[pool] }.map {
                RunOption(
                    pool: pool, deviceCount: $0, rate: requests * speeds[pool] * Double($0),
                    unit: 1)
            }
        }
        return SimulatedJob(
            id: "\(kind.name)-\(number)", arrivalSeconds: arrival, work: 0, options: options,
            checkpointBytes: kind.checkpointBytesPerDevice,
            load: ServiceLoad(
                meanRate: mean, swing: 0.5, peakSeconds: 86_400 * generator.unit()),
            endSeconds: arrival + seconds)
    }
}
