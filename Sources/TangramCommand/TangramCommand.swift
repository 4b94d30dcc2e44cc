import ArgumentParser

@main
struct TangramCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tangram", abstract: "Plan clusters whose accelerators do not match.")
}
