import Foundation
import TangramDocument
import TangramSimulation

/// Traces of Gavel with what its own simulator made of them, where they are at hand.
struct GavelFolder {
    let url: URL

    /// The folder that `TANGRAM_TRACES` names, else the one beside the repository; nil where there
    /// is none.
    static func find() -> GavelFolder? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment["TANGRAM_TRACES"].map {
            URL(fileURLWithPath: $0)
        }
        let places =
            [named, named?.appending(path: "gavel")].compactMap { $0 }
            + [root.appending(path: "../shared/traces/gavel")]
        return places.first {
            FileManager.default.fileExists(
                atPath: $0.appending(path: "simulation_throughputs.json").path)
        }.map { GavelFolder(url: $0) }
    }

    struct Expected: Decodable {
        var trace: String
        var cluster: [String: Int]
        var tput: String
        var avg_jct_s: Double
        var makespan_s: Double
        var cost_usd_gcp: Double
    }

    func expected(_ trace: String, _ policy: String) throws -> Expected? {
        let results = url.appending(path: "results")
        let names = try FileManager.default.contentsOfDirectory(atPath: results.path)
        guard let name = names.first(where: { $0.hasPrefix("\(trace)__\(policy)__") }) else {
            return nil
        }
        let data = try Data(contentsOf: results.appending(path: name))
        return try JSONDecoder().decode(Expected.self, from: data)
    }

    static let types = ["v100", "p100", "k80"]
    /// US dollars per device and hour, in the order of `types` (README of the vectors).
    static let prices = [0.74, 0.43, 0.135]

    func pools(_ expected: Expected) -> [SimulatedPool] {
        zip(Self.types, Self.prices).map {
            SimulatedPool(
                name: $0, deviceCount: expected.cluster[$0] ?? 0, dollarsPerDeviceHour: $1)
        }
    }

    func jobs(_ trace: String, _ expected: Expected) throws -> [SimulatedJob] {
        let table = try GavelThroughputs(
            json: Data(contentsOf: url.appending(path: expected.tput)), file: expected.tput)
        let name = "\(trace).trace"
        let text = try String(contentsOf: url.appending(path: name), encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        var source = GavelTrace(
            lines.makeIterator(), file: name, table: table, poolNames: Self.types)
        var jobs: [SimulatedJob] = []
        while let job = try source.next() { jobs.append(job) }
        return jobs
    }
}
