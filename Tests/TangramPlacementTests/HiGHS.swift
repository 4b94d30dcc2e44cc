import Foundation
import TangramPlacement

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// HiGHS as an independent referee, loaded at run time where it is installed: the library that
/// `TANGRAM_HIGHS` names, or that of the Python package `highsbox` in `.build/schema-venv`.
struct HiGHS: @unchecked Sendable {
    private typealias MIPCall =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Double, UnsafePointer<Double>, UnsafePointer<Double>,
            UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>,
            UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Double>,
            UnsafePointer<Int32>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>,
            UnsafeMutablePointer<Int32>
        ) -> Int32

    private let call: MIPCall

    /// nil, with a message, where it is not installed.
    static let shared: HiGHS? = {
        let found = HiGHS()
        if found == nil {
            print("skipped: no libhighs; run ./run test, or set TANGRAM_HIGHS to its path")
        }
        return found
    }()

    private init?() {
        guard let path = Self.candidates.first(where: FileManager.default.fileExists(atPath:)),
            let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL),
            let symbol = dlsym(handle, "Highs_mipCall")
        else { return nil }
        call = unsafeBitCast(symbol, to: MIPCall.self)
    }

    private static var candidates: [String] {
        if let path = ProcessInfo.processInfo.environment["TANGRAM_HIGHS"] { return [path] }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../.build/schema-venv/lib").standardizedFileURL
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return versions.flatMap { version in
            ["so", "dylib"].map {
                root.appending(
                    path: "\(version)/site-packages/highsbox/highs_dist/lib/libhighs.\($0)"
                ).path
            }
        }
    }

    /// The optimum of one total without supplies; of its linear relaxation where `isRelaxed`.
    func optimum(_ problem: PlacementProblem, isRelaxed: Bool = false) -> Double? {
        var cost: [Double] = []
        // An option larger than a capacity is none, in the relaxation too.
        var most: [Double] = []
        var entries: [(row: Int, column: Int, value: Double)] = []
        let resources = problem.capacities.count
        for (item, options) in problem.items.enumerated() {
            for option in options {
                for use in option.uses where use.amount != 0 {
                    entries.append((use.resource, cost.count, use.amount))
                }
                entries.append((resources + item, cost.count, 1))
                cost.append(option.value)
                most.append(
                    option.uses.allSatisfy { $0.amount <= problem.capacities[$0.resource] } ? 1 : 0)
            }
        }
        let rows = resources + problem.items.count
        guard !cost.isEmpty else { return 0 }
        entries.sort { ($0.column, $0.row) < ($1.column, $1.row) }
        var starts = [Int32](repeating: 0, count: cost.count + 1)
        for entry in entries { starts[entry.column + 1] += 1 }
        for column in cost.indices { starts[column + 1] += starts[column] }
        let upper = problem.capacities + problem.items.map { _ in 1 }
        var values = [Double](repeating: 0, count: cost.count)
        var rowValues = [Double](repeating: 0, count: rows)
        var status = Int32(0)
        // Column-wise, maximise.
        let result = call(
            Int32(cost.count), Int32(rows), Int32(entries.count), 1, -1, 0, cost,
            cost.map { _ in 0 }, most, upper.map { _ in -1e30 }, upper, starts,
            entries.map { Int32($0.row) }, entries.map(\.value),
            cost.map { _ in isRelaxed ? 0 : 1 }, &values, &rowValues, &status)
        // 7 is kHighsModelStatusOptimal.
        guard result >= 0, status == 7 else { return nil }
        return zip(cost, values).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
