import TangramCost
import TangramUnits
import TangramValidation
import Testing

@Suite("Peak memory against measurements")
struct MemoryFitTests {
    @Test("no run whose peak was measured is called out of memory")
    func fits() throws {
        guard let rows = try MeasuredFolder.outcomes("memory.csv") else { return }
        let measured = rows.filter { $0.what.hasPrefix("peak") && $0.predicted != nil }
        #expect(measured.count > 40)
        for row in measured {
            let estimate = try #require(row.estimate)
            #expect(estimate.fits, "\(row.id): short by \(estimate.memory.shortfall)")
        }
    }

    @Test("activations beyond a card's 80 GB are called out of memory")
    func doesNotFit() throws {
        guard let rows = try MeasuredFolder.outcomes("memory.csv") else { return }
        let kept = rows.filter { $0.what.hasPrefix("activations") && $0.measured > 80 }
        #expect(!kept.isEmpty)
        for row in kept { #expect(row.estimate?.fits == false, "\(row.id)") }
    }

    @Test("peaks of B200 within 2 % in the mean, those of others within 7 % in the median")
    func sources() throws {
        guard let rows = try MeasuredFolder.outcomes("memory.csv") else { return }
        let own = rows.filter { $0.source.contains("SimuMax") && $0.predicted != nil }
        let figures = try #require(ErrorStatistics(own))
        #expect(figures.count == 22)
        #expect(figures.mean <= 0.02, "\(figures.mean)")
        for word in ["torchtitan", "sailor", "Korthikanti"] {
            let part = rows.filter { $0.source.contains(word) && $0.predicted != nil }
            #expect(try #require(ErrorStatistics(part)).median <= 0.07)
        }
    }
}
