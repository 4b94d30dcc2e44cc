package import Tangram

/// How fast layouts of one large training job are searched on this machine, on one core.
package struct SearchBenchmarkReport {
    private let jobs: [SearchBenchmark]

    /// Configurations of this job that Calculon's search counts, and the core-hours it takes
    /// (Isaev et al., arXiv 2310.06127, §4): 6,114 layouts, times its switches.
    private static let peerConfigurationCount = 6_582_816
    private static let peerCoreHours = 30.0

    private static var peerRate: Double {
        Double(peerConfigurationCount) / (peerCoreHours * 3_600)
    }

    /// Searches.
    package init() throws {
        jobs = [try SearchBenchmark.sameJob(), try SearchBenchmark.manyCounts()]
    }

    /// As text for people.
    package func text(style: TextStyle) -> String {
        jobs.map { Self.facts($0).text(style: style) }.joined(separator: "\n")
    }

    private static func facts(_ job: SearchBenchmark) -> FactList {
        func number(_ count: Int) -> String { formatNumber(Double(count), decimals: 0) }
        var facts = FactList(title: job.title)
        facts.add("layouts", number(job.count.visited))
        facts.add("fit", "\(number(job.count.fitting)), timed \(number(job.count.timed))")
        facts.add("time", "\(formatNumber(job.seconds, digits: 3)) s on one core")
        facts.add("rate", "\(formatNumber(job.rate / 1e6, digits: 3)) M/s")
        facts.add(
            "against", "\(formatNumber(job.rate / peerRate, digits: 3)) × Calculon's published rate"
        )
        facts.add("best on 512", job.best.layout.summary)
        facts.add("step", "\(job.best.stepTime)")
        facts.add("front", "\(job.frontCount) layouts of time against memory")
        return facts
    }

    /// As JSON.
    package var json: JSONValue {
        .members([
            "tangramBenchmarkVersion": 1,
            "benchmark": "search",
            "peerConfigurations": .integer(Self.peerConfigurationCount),
            "peerConfigurationsPerSecond": .number(Self.peerRate),
            "jobs": .array(
                jobs.map { job in
                    .members([
                        "job": .string(job.title),
                        "configurations": .integer(job.count.visited),
                        "fitting": .integer(job.count.fitting),
                        "timed": .integer(job.count.timed),
                        "seconds": .number(job.seconds),
                        "configurationsPerSecond": .number(job.rate),
                        "ratioToPeer": .number(job.rate / Self.peerRate),
                        "best": .string(job.best.layout.summary),
                        "stepSeconds": .number(job.best.stepTime.value),
                        "frontCount": .integer(job.frontCount),
                    ])
                }),
        ])
    }
}
