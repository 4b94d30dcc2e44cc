import Foundation
import TangramHardware
import TangramUnits
import Testing

/// The table of prices, beside the package on the machines of its developers only.
private let table = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/catalogue/prices.csv").standardizedFileURL

@Suite(
    "Price table",
    .enabled(
        if: FileManager.default.fileExists(atPath: table.path),
        "the table of prices is not on this machine"))
struct PriceTableTests {
    @Test("every price of the table is in the catalogue, with a source")
    func prices() throws {
        let catalogue = try HardwareCatalogue.builtIn()
        let all = rows(try String(contentsOf: table, encoding: .utf8))
        #expect(all.count >= 9)
        for row in all {
            let name = (row["accelerator"] ?? "").lowercased()
            // "H100-SXM" is h100-sxm-80gb here, and the server card has one name with its kin.
            let stem = name.replacing("-server", with: "")
            let cards = catalogue.accelerators.filter { $0.id.hasPrefix(stem) }
            #expect(!cards.isEmpty, "\(name)")
            for market in ["hyperscaler", "neocloud", "retail"] {
                guard let rate = Double(row["\(market)_usd_h"] ?? "") else { continue }
                let found = cards.flatMap(\.prices).filter { $0.market == market }
                #expect(found.contains { $0.rate.value == rate }, "\(name) \(market)")
                #expect(found.allSatisfy { !$0.source.isEmpty && $0.source != "same" })
            }
        }
    }
}
