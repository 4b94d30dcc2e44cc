import Foundation
package import Tangram

/// Lengths of requests that were counted: a CSV of prompt and output tokens, one request a line.
package struct CountedLengths: Sendable {
    /// Prompts: their mean and how they lie around it.
    package let prompt: (mean: Int, lengths: LengthDistribution)
    /// Answers.
    package let output: (mean: Int, lengths: LengthDistribution)

    /// Reads `file`: columns `prompt` and `output`, and `weight` where a line stands for several
    /// requests.
    ///
    /// - Throws: Where it cannot be read, lacks a column or holds what is no number of tokens.
    package init(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure("\(file): cannot be read; is it there?")
        }
        var reader = try CSVReader(bytes: Array(data), file: file)
        for column in ["prompt", "output"] where reader.index(of: column) == nil {
            throw CommandFailure(
                "\(file): no column \"\(column)\" — columns are prompt, output and optionally weight"
            )
        }
        var prompts: [(tokens: Int, weight: Double)] = []
        var outputs: [(tokens: Int, weight: Double)] = []
        while let record = try reader.next() {
            let weight = record["weight"].isEmpty ? "1" : record["weight"]
            guard let share = Double(weight), share >= 0, share.isFinite else {
                throw record.diagnostic(
                    "weight", "\"\(weight)\" is no weight", note: "give a number from 0")
            }
            prompts.append((try Self.tokens(record, "prompt"), share))
            outputs.append((try Self.tokens(record, "output"), share))
        }
        guard let prompt = LengthDistribution.measured(prompts),
            let output = LengthDistribution.measured(outputs)
        else { throw CommandFailure("\(file): no request has a weight above 0") }
        self.prompt = prompt
        self.output = output
    }

    private static func tokens(_ record: CSVRecord, _ column: String) throws -> Int {
        guard let value = Int(record[column]), (1...1 << 30).contains(value) else {
            throw record.diagnostic(
                column, "\"\(record[column])\" is no number of tokens",
                note: "give a whole number from 1")
        }
        return value
    }
}
