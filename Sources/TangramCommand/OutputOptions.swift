import ArgumentParser
import Foundation
import Tangram
import TangramCommandCore

/// Where a result goes.
struct OutputTarget: ParsableArguments {
    enum Colour: String, ExpressibleByArgument, CaseIterable {
        case auto
        case always
        case never
    }

    @Option(name: .shortAndLong, help: "Write to a file instead, whole or not at all.")
    var output: String?

    @Option(help: "Colour; auto is on for a terminal where NO_COLOR is not set.")
    var color = Colour.auto

    /// The style that text is to have.
    var style: TextStyle {
        switch color {
        case .always: return .coloured
        case .never: return .plain
        case .auto:
            let environment = ProcessInfo.processInfo.environment
            let isWanted =
                output == nil && environment["NO_COLOR", default: ""].isEmpty
                && environment["TERM"] != "dumb"
            return isWanted && isatty(1) == 1 ? .coloured : .plain
        }
    }

    /// Writes `result` where it is wanted.
    func write(_ result: String) throws {
        if let output {
            try TextOutput.write(result, path: output)
        } else {
            try TextOutput.write(result)
        }
    }
}

/// What a result is printed as, and where.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    @Option(help: "What to print.")
    var format = Format.text

    @OptionGroup var target: OutputTarget

    /// Writes the result where it is wanted, in the form that is wanted.
    func emit(
        text: (TextStyle) -> String, json: () -> JSONValue
    ) throws {
        try target.write(format == .json ? json().text : text(target.style))
    }
}

/// Catalogue files of the user's own.
struct CatalogOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A YAML file that adds or overrides catalogue entries; may be repeated.",
            valueName: "file"))
    var catalog: [String] = []

    /// The shipped catalogues with the user's files; warnings go to standard error.
    func catalogues() throws -> Catalogues {
        let catalogues = try Catalogues(files: catalog)
        for warning in catalogues.warnings { TextOutput.warn(warning.description) }
        return catalogues
    }
}
