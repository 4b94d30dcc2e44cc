public import TangramDocument

/// One published measurement: what was run, where, and what came out.
public struct MeasuredRow: Sendable {
    /// The record it was read from.
    public let record: CSVRecord
    /// What kind of table it stands in.
    public let kind: MeasuredTable.Kind
    /// Its place in the file, from 0; names rows that have no `id`.
    public let index: Int

    /// The name of the row.
    public var id: String {
        let stated = record["id"]
        return stated.isEmpty ? "row \(index + 1)" : stated
    }

    /// The text of the first of these columns that is not blank.
    func text(_ columns: String...) -> String? {
        for column in columns where !record[column].isEmpty { return record[column] }
        return nil
    }
}

/// A file of measurements.
public struct MeasuredTable: Sendable {
    /// What its rows measure.
    public enum Kind: String, Hashable, Sendable {
        /// Throughput or time of a training step.
        case training
        /// Peak memory of a training run.
        case memory
        /// Step times of one node, with the columns of vTrain's tables.
        case singleNode
        /// Times and rates of serving.
        case serving
        /// Another estimator's predictions of serving, three to a row.
        case servingGrid
        /// Times of single operators.
        case operators
        /// Times of steps of reinforcement learning.
        case reinforcement
    }

    /// What its rows measure.
    public let kind: Kind
    /// The rows, in order.
    public let rows: [MeasuredRow]

    /// Reads a table; which kind it is follows from its columns.
    ///
    /// - Throws: Every malformed line, in order, or that the columns are of no known table.
    public init(bytes: [UInt8], file: String) throws(DiagnosticList) {
        var problems: [Diagnostic] = []
        var rows: [MeasuredRow] = []
        var kind: Kind?
        do throws(Diagnostic) {
            var reader = try CSVReader(bytes: bytes, file: file)
            let columns = Set(reader.header)
            if OperatorCase.isTable(columns) {
                kind = .operators
            } else if ReinforcementCase.isTable(columns) {
                kind = .reinforcement
            } else if columns.isSuperset(of: [
                "metric", "value", "model", "accelerator", "isl", "osl",
            ]) {
                kind = .serving
            } else if columns.isSuperset(of: ["model", "system", "isl", "osl", "batch_per_rank"]) {
                kind = .servingGrid
            } else if columns.isSuperset(of: ["GiB", "model", "accelerator"]) {
                kind = .memory
            } else if columns.isSuperset(of: ["metric", "value", "model", "accelerator", "TP"]) {
                kind = .training
            } else if columns.isSuperset(of: ["# GPUs", "iteration time (ms)"]) {
                kind = .singleNode
            }
            guard let kind else {
                throw Diagnostic(
                    file: file, location: Location(line: 1, column: 1),
                    message: "the columns are of no table of measurements",
                    note: "training needs model, accelerator, TP, metric and value; "
                        + "memory needs model, accelerator and GiB; serving needs model, "
                        + "accelerator, isl, osl, metric and value; operators need accelerator, "
                        + "latency_us and a shape (m, n, k, or num_heads with isl or kv_len); see "
                        + "docs/accuracy.md")
            }
            while true {
                do throws(Diagnostic) {
                    guard let record = try reader.next() else { break }
                    rows.append(MeasuredRow(record: record, kind: kind, index: rows.count))
                } catch {
                    problems.append(error)
                    if problems.count >= 1_000 { break }
                }
            }
        } catch {
            problems.append(error)
        }
        guard problems.isEmpty, let kind else { throw DiagnosticList(problems) }
        self.kind = kind
        self.rows = rows
    }
}
