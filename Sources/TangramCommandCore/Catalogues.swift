package import Tangram

/// The shipped catalogues with what the user's files add.
package struct Catalogues: Sendable {
    /// Accelerators and links.
    package private(set) var hardware: HardwareCatalogue
    /// Models.
    package private(set) var models: ModelCatalogue
    /// What is probably not meant in the user's files.
    package private(set) var warnings: [Diagnostic] = []

    /// Reads the shipped catalogues and lays `files` over them, in this order.
    package init(files: [String] = []) throws(CommandFailure) {
        do {
            hardware = try HardwareCatalogue.builtIn()
        } catch {
            throw CommandFailure(error.description)
        }
        do {
            models = try ModelCatalogue.builtIn()
            for file in files {
                warnings += try CatalogueFile.load(
                    path: file, hardware: &hardware, models: &models)
            }
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The accelerator of that name or alias.
    package func accelerator(_ name: String) throws(CommandFailure) -> Accelerator {
        guard let accelerator = hardware.accelerator(name) else {
            throw .unknown(
                "accelerator", name, among: hardware.acceleratorNames,
                hint: "tangram catalog accelerators lists them")
        }
        return accelerator
    }

    /// The accelerators that `set` describes.
    package func group(_ set: AcceleratorSet) throws(CommandFailure) -> DeviceGroup {
        do throws(AcceleratorSetError) {
            return try set.group(in: hardware)
        } catch {
            throw CommandFailure(error.description)
        }
    }

    /// The link of that name; of `kind` where one is wanted.
    package func link(_ name: String, kind: Link.Kind? = nil) throws(CommandFailure) -> Link {
        guard let link = hardware.link(name) else {
            let names = hardware.links.filter { kind == nil || $0.kind == kind }.map(\.id)
            throw .unknown("link", name, among: names, hint: "tangram catalog links lists them")
        }
        if let kind, link.kind != kind {
            throw CommandFailure(
                "\(name) is a \(link.kind.rawValue) link, not a \(kind.rawValue) one")
        }
        return link
    }

    /// The model of that name, or of the Hugging Face `config.json` at that path.
    package func model(_ nameOrPath: String) throws(CommandFailure) -> TransformerModel {
        if let model = models.model(nameOrPath) { return model }
        guard nameOrPath.hasSuffix(".json") || nameOrPath.contains("/") else {
            throw .unknown(
                "model", nameOrPath, among: models.names + models.aliases.keys.sorted(),
                hint: "tangram catalog models lists them; a path of a config.json works too")
        }
        do {
            let data = try SourceFile.read(nameOrPath)
            return try HuggingFaceConfiguration.model(
                parsing: data, file: nameOrPath, id: nameOrPath)
        } catch {
            throw CommandFailure(error)
        }
    }
}
