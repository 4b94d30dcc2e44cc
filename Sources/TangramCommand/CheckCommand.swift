import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram check SPEC`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read a scenario and say what is wrong with it.")

    @OptionGroup var scenario: ScenarioOptions

    func run() throws {
        let scenario = try scenario.load()
        let cluster = scenario.cluster
        try TextOutput.write(
            "\(self.scenario.spec): ok: \(cluster.acceleratorCount) accelerators in "
                + "\(cluster.pools.count) pools, \(scenario.jobs.count) jobs\n")
    }
}
