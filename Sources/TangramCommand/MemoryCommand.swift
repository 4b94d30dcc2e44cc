import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram memory MODEL`.
struct MemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "Count a model's weights and KV cache, and what its shape saves.",
        discussion: "In numbers of tokens k is 1,024 and M 1,024².")

    @Argument(help: "A model of the catalogue, or the path of a Hugging Face config.json.")
    var model: String

    @Option(help: "Tokens of a sequence, for example 128k.")
    var context: TokenCount = .fourThousand

    @Option(help: "Sequences cached at the same time.")
    var batch = 1

    @Option(help: "Format of the weights; the checkpoint's where none is given.")
    var weights: NumberFormat?

    @Option(help: "Format of the KV cache.")
    var kv = NumberFormat.bf16

    @OptionGroup var catalogs: CatalogOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(1...1_000_000_000).contains(batch) {
            throw ValidationError("--batch \(batch) is not from 1 to 1,000,000,000")
        }
    }

    func run() throws {
        let model = try catalogs.catalogues().model(model)
        if let longest = model.maximumContext, context.value > longest {
            TextOutput.warn(
                "warning: \(context.value) tokens are beyond the context of \(model.id), \(longest)"
            )
        }
        let report = MemoryReport(
            ModelMemory(
                model, context: context.value, batch: batch, weightFormat: weights,
                keyValueFormat: kv))
        try output.emit(text: { report.text(style: $0) }, json: { report.json })
    }
}
