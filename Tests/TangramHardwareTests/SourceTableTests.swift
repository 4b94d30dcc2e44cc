import Foundation
import TangramHardware
import TangramUnits
import Testing

/// The table that the catalogue was made from; it stands beside the package on the machines of its
/// developers only.
private let table = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/catalogue/accelerators.csv").standardizedFileURL

private let tableExists = FileManager.default.fileExists(atPath: table.path)

/// The rows of a CSV text (RFC 4180, no line breaks inside quotes) by the names in its first line.
func rows(_ text: String) -> [[String: String]] {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
        var fields = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == "," && !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
    guard let names = lines.first else { return [] }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
}

@Suite("Source table", .enabled(if: tableExists, "the table of sources is not on this machine"))
struct SourceTableTests {
    @Test("every row with memory, bandwidth and a peak is in the catalogue with its figures")
    func rowByRow() throws {
        let catalogue = try HardwareCatalogue.builtIn()
        let formats = NumberFormat.allCases.filter { $0 != .int4 }
        var compared = 0
        for row in rows(try String(contentsOf: table, encoding: .utf8)) {
            func number(_ key: String) -> Double? { Double(row[key] ?? "") }
            guard let memory = number("mem_gb"), let bandwidth = number("mem_bw_tbs"),
                formats.contains(where: { number($0.rawValue) != nil })
            else { continue }
            let name = "\(row["name"] ?? "") \(row["variant"] ?? "")"
            let card = try #require(
                catalogue.accelerators.first { "\($0.name) \($0.variant)" == name }, "\(name)")
            #expect(card.vendor == row["vendor"], "\(name)")
            #expect(card.architecture == row["architecture"], "\(name)")
            #expect(card.year.map(String.init) == row["year"], "\(name)")
            #expect(card.memory == Bytes.gibibytes(memory), "\(name)")
            #expect(isClose(card.memoryBandwidth.value, bandwidth * 1e12), "\(name)")
            for format in formats {
                // The fp32 column of this card is HF32, a 19-bit format: it is listed as tf32.
                let isHF32 = card.id == "ascend-950pr-atlas350"
                let column = isHF32 && format == .tf32 ? "fp32" : format.rawValue
                let peak = isHF32 && format == .fp32 ? nil : number(column)
                #expect(
                    isClose(card.peaks[format]?.value ?? 0, (peak ?? 0) * 1e12), "\(name) \(format)"
                )
            }
            #expect(card.power?.value == number("tdp_w"), "\(name)")
            // Three wires of 30 GB/s each; no figure for the bridge of a C500.
            if !["ascend-910a", "c500"].contains(card.id) {
                let port = number("scaleup_gbs_per_dir") ?? 0
                #expect(isClose(card.scaleUp?.bandwidth.value ?? 0, port * 1e9), "\(name)")
            }
            if let measured = number("measured_bf16_tflops") {
                #expect(isClose(card.measuredBF16?.value ?? 0, measured * 1e12), "\(name)")
            }
            #expect(card.provenance.confidence == row["confidence"], "\(name)")
            compared += 1
        }
        #expect(compared == catalogue.accelerators.count)
    }

    func isClose(_ left: Double, _ right: Double) -> Bool {
        abs(left - right) <= 1e-9 * max(abs(left), abs(right))
    }
}
