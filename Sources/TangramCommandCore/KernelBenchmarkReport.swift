package import Tangram

/// How fast the cost kernel is on this machine.
package struct KernelBenchmarkReport {
    /// A job whose options are costed.
    private struct Job {
        var title: String
        /// Options per second of one core by level, and of all cores at the level in use.
        var levels: [(level: SIMDLevel, rate: Double)]
        var scalar: Double
        var allCores: Double
        /// Operations of one option, on average.
        var work: KernelWork

        var best: Double { levels.map(\.rate).max() ?? 0 }
        var ratio: Double { best / scalar }
    }

    private var jobs: [Job] = []
    private let level: SIMDLevel
    private let peak: KernelWork.Peak
    private let workerCount: Int

    /// Measures: a dense model and one with latent attention and experts, on thousands of
    /// accelerators.
    package init(workers: any WorkerPool) throws {
        level = try SIMDLevel.inUse
        workerCount = workers.workerCount
        peak = KernelWork.peak(level)
        let catalogues = try Catalogues(files: [])
        for (modelID, card, count, format) in [
            ("gpt3-175b", "a100-sxm-80gb", 512, NumberFormat.bf16),
            ("deepseek-v3", "h800-sxm-80gb", 2_048, NumberFormat.fp8),
        ] {
            let model = try catalogues.model(modelID)
            let demand = TrainingDemand(
                model: model, sequenceLength: 4_096, globalBatchSize: 15_360, format: format)
            let group = try AcceleratorSet(accelerator: card, count: count).group(
                in: catalogues.hardware)
            let benchmark = KernelBenchmark(
                try TrainingModel(demand: demand, group: group), acceleratorCount: count,
                count: Self.optionCount)
            jobs.append(
                Job(
                    title: "\(modelID) on \(count) \(card)",
                    levels: SIMDLevel.allCases.filter(\.isSupported).map { level in
                        (
                            level,
                            Stopwatch.rate(count: benchmark.optionCount) {
                                benchmark.batch(levelName: level.rawValue)
                            }
                        )
                    },
                    scalar: Stopwatch.rate(count: benchmark.optionCount) { benchmark.scalar() },
                    allCores: Self.rate(on: workers, benchmark, level),
                    work: KernelWork(benchmark)))
        }
    }

    /// Few enough to be enumerated at once, many enough for many blocks.
    private static let optionCount = 8_192
    /// Passes over the options in one run of a worker, so that starting it does not count.
    private static let passCount = 32

    private static func rate(
        on workers: any WorkerPool, _ benchmark: KernelBenchmark, _ level: SIMDLevel
    ) -> Double {
        Stopwatch.rate(
            count: benchmark.optionCount * passCount * workers.workerCount, basis: .wall
        ) {
            workers.mapBlocks(count: workers.workerCount, blockSize: 1) { _, _ in
                (0..<passCount).reduce(0) { sum, _ in
                    sum + benchmark.batch(levelName: level.rawValue)
                }
            }.reduce(0, +)
        }
    }

    /// The job with experts: the one that takes more.
    private var headline: Job? { jobs.last }

    /// As text for people.
    package func text(style: TextStyle) -> String {
        var table = TextTable([
            .text("job"), .text("arithmetic"), .number("options/s"), .number("ns each"),
            .number("ratio"),
        ])
        func add(_ job: Job, _ name: String, _ rate: Double) {
            table.add([
                .init(job.title), .init(name), .init(Self.millions(rate)),
                .init(formatNumber(1e9 / rate, digits: 3)),
                .init(formatNumber(rate / job.scalar, digits: 3)),
            ])
        }
        for job in jobs {
            add(job, "double, one by one", job.scalar)
            for (level, rate) in job.levels { add(job, level.name, rate) }
            add(job, "\(level.name), \(workerCount) workers", job.allCores)
        }
        var lines = ["Training options, costed in full, on one core by its own time"]
        lines += table.lines(style: style)
        var work = TextTable([
            .text("job"), .number("operations"), .number("in double"), .number("divisions"),
            .number("roots"), .number("GFLOP/s"), .number("of the peak"),
            .number("with divisions"),
        ])
        for job in jobs {
            work.add([
                .init(job.title), .init(formatNumber(job.work.operations, digits: 4)),
                .init(formatNumber(job.work.inDouble, digits: 4)),
                .init(formatNumber(job.work.divisions, digits: 3)),
                .init(formatNumber(job.work.roots, digits: 3)),
                .init(formatNumber(job.work.laneSlots * job.best / 1e9, digits: 3)),
                .init(formatNumber(100 * share(job), digits: 3) + " %"),
                .init(formatNumber(100 * boundShare(job), digits: 3) + " %"),
            ])
        }
        lines += ["", "An option's work, and how near \(level.name) comes to the core's peak"]
        lines += work.lines(style: style)
        lines.append("")
        lines.append(
            "Peaks measured in this run, independent operations in single precision: "
                + "\(formatNumber(peak.operations / 1e9, digits: 3)) G products and sums/s, "
                + "\(formatNumber(peak.divisions / 1e9, digits: 3)) G divisions/s.")
        lines.append(
            "Operations in double count twice, for they fill two lanes; with divisions and roots at "
                + "their own peak. An option is")
        lines.append(
            "\(KernelBenchmark.bytesPerOption) bytes in and out; blocks stay in the first cache, so "
                + "arithmetic bounds it.")
        return lines.joined(separator: "\n") + "\n"
    }

    /// As JSON.
    package var json: JSONValue {
        .members([
            "tangramBenchmarkVersion": 1,
            "benchmark": "kernel",
            "level": .string(level.rawValue),
            "optionsPerSecondPerCore": .number(headline?.best ?? 0),
            "optionsPerSecondAllCores": .number(headline?.allCores ?? 0),
            "ratioToScalar": .number(headline?.ratio ?? 0),
            "workerCount": .integer(workerCount),
            "bytesPerOption": .integer(KernelBenchmark.bytesPerOption),
            "peakFLOPPerSecondPerCore": .number(peak.operations),
            "peakDivisionsPerSecondPerCore": .number(peak.divisions),
            "fractionOfPeak": .number(headline.map(share) ?? 0),
            "fractionOfPeakWithDivisions": .number(headline.map(boundShare) ?? 0),
            "operationsPerOption": .number(headline?.work.operations ?? 0),
            "levels": headline.map { Self.levels($0) } ?? .null,
            "jobs": .array(
                jobs.map { job in
                    .members([
                        "job": .string(job.title),
                        "scalarOptionsPerSecond": .number(job.scalar),
                        "optionsPerSecondPerCore": .number(job.best),
                        "optionsPerSecondAllCores": .number(job.allCores),
                        "ratioToScalar": .number(job.ratio),
                        "operationsPerOption": .number(job.work.operations),
                        "fractionOfPeak": .number(share(job)),
                        "levels": Self.levels(job),
                    ])
                }),
        ])
    }

    private func share(_ job: Job) -> Double { job.work.laneSlots * job.best / peak.operations }
    private func boundShare(_ job: Job) -> Double { job.work.leastTime(peak) * job.best }

    private static func levels(_ job: Job) -> JSONValue {
        .object(
            job.levels.map { level, rate in
                JSONValue.Member(
                    key: level.rawValue,
                    value: .members([
                        "optionsPerSecondPerCore": .number(rate),
                        "ratioToScalar": .number(rate / job.scalar),
                    ]))
            })
    }

    private static func millions(_ rate: Double) -> String {
        formatNumber(rate / 1e6, digits: 4) + " M"
    }
}
