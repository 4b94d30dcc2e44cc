import TangramCost
import TangramUnits
import TangramValidation
import Testing

/// DeepSeek-V3 on 2,048 H800, seconds of each phase (arXiv 2505.09343, Table 4, MPFT).
@Suite("Published phases of DeepSeek-V3's step")
struct PublishedPhaseTests {
    private func phases() throws -> [String: Double]? {
        guard let rows = try MeasuredFolder.outcomes("training.csv") else { return nil }
        let row = try #require(rows.first { $0.id == "DSV-001" })
        #expect(abs(row.relativeError ?? 1) <= 0.05)
        let found = try #require(row.estimate?.dualPipe)
        return Dictionary(uniqueKeysWithValues: found.named.map { ($0.name, $0.time.value) })
    }

    @Test("backward alone, forward beside backward, and waiting are within 15 %")
    func near() throws {
        guard let phases = try phases() else { return }
        for (name, seconds) in [("1B", 1.99), ("1F1B", 13.95), ("bubble", 2.06)] {
            let error = try #require(phases[name]) / seconds - 1
            #expect(abs(error) <= 0.15, "\(name): \(error)")
        }
    }

    @Test("forward alone, weight gradients and the optimizer are farther off, and get no worse")
    func far() throws {
        guard let phases = try phases() else { return }
        for (name, seconds, bound) in [("1F", 1.13, 0.18), ("1W", 0.48, 0.33), ("opt", 0.29, 0.24)]
        {
            let error = try #require(phases[name]) / seconds - 1
            #expect(abs(error) <= bound, "\(name): \(error)")
        }
    }
}
