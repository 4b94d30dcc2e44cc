import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram catalog KIND [NAME]`.
struct CatalogCommand: ParsableCommand {
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case accelerators
        case links
        case models
    }

    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "List or show accelerators, links and models.")

    @Argument(help: "What to list: accelerators, links or models.")
    var kind: Kind

    @Argument(help: "Show this one, with its sources.")
    var name: String?

    @OptionGroup var catalogs: CatalogOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let catalogues = try catalogs.catalogues()
        switch kind {
        case .accelerators:
            let chosen = try name.map { try catalogues.accelerator($0) }
            let all = chosen.map { [$0] } ?? catalogues.hardware.accelerators
            try output.emit { style in
                chosen.map { AcceleratorReport.show($0, style: style) }
                    ?? AcceleratorReport.list(all, style: style)
            } json: {
                AcceleratorReport.json(all)
            }
        case .links:
            let chosen = try name.map { try catalogues.link($0) }
            let all = chosen.map { [$0] } ?? catalogues.hardware.links
            try output.emit { style in
                chosen.map { LinkReport.show($0, style: style) }
                    ?? LinkReport.list(all, style: style)
            } json: {
                LinkReport.json(all)
            }
        case .models:
            let chosen = try name.map { try catalogues.model($0) }
            let all = chosen.map { [$0] } ?? catalogues.models.models
            try output.emit { style in
                chosen.map { ModelReport.show($0, style: style) }
                    ?? ModelReport.list(all, style: style)
            } json: {
                ModelReport.json(all)
            }
        }
    }
}
