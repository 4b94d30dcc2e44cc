import CInstructionSet
import CPlacementKernel
import TangramUnits
import Testing

/// Menus in the kernel's layout.
private struct Menus {
    var value: [Double] = []
    let slotCount: Int
    var resource: [[Int32]]
    var amount: [[Double]]
    var offset: [UInt32] = [0]
    var price: [Double]

    init(resourceCount: Int, slotCount: Int = 4) {
        price = [Double](repeating: 0, count: resourceCount + 1)
        self.slotCount = slotCount
        resource = [[Int32]](repeating: [], count: slotCount)
        amount = [[Double]](repeating: [], count: slotCount)
    }

    var jobCount: Int { offset.count - 1 }

    mutating func append(value: Double, uses: [(Int32, Double)]) {
        self.value.append(value)
        for slot in 0..<slotCount {
            resource[slot].append(slot < uses.count ? uses[slot].0 : -1)
            amount[slot].append(slot < uses.count ? uses[slot].1 : 0)
        }
    }

    mutating func endJob() { offset.append(UInt32(value.count)) }

    /// The Swift reference: what the header says, in the same order of operations.
    func reference() -> [Best] {
        (0..<jobCount).map { job in
            var best = Best(option: -1, score: 0)
            for option in Int(offset[job])..<Int(offset[job + 1]) {
                var cost = 0.0
                for slot in 0..<slotCount {
                    let number = Int(resource[slot][option])
                    let used = number < 0 ? 0 : price[number]
                    let term = used * amount[slot][option]
                    cost = cost + term
                }
                let score = value[option] - cost
                if score > best.score { best = Best(option: Int32(option), score: score) }
            }
            return best
        }
    }

    /// What the kernel says at `level`, or its plain loop where `level` is nil.
    func kernel(_ level: tangram_simd_level?, jobs: Range<Int>? = nil) -> [Best] {
        let jobs = jobs ?? 0..<jobCount
        var option = [Int32](repeating: -7, count: jobCount)
        var score = [Double](repeating: -7, count: jobCount)
        let count = UInt32(price.count - 1)
        withPointers(resource) { resources in
            withPointers(amount) { amounts in
                if let level {
                    tangram_price_menus(
                        level, value, resources, amounts, UInt32(slotCount), offset,
                        jobs.lowerBound, jobs.upperBound, price, count, &option, &score)
                } else {
                    tangram_price_menus_reference(
                        value, resources, amounts, UInt32(slotCount), offset, jobs.lowerBound,
                        jobs.upperBound, price, count, &option, &score)
                }
            }
        }
        return zip(option, score).map { Best(option: $0, score: $1) }
    }
}

/// `body` with a pointer to each array, valid while it runs.
private func withPointers<Element>(
    _ arrays: [[Element]], _ found: [UnsafePointer<Element>?] = [],
    _ body: ([UnsafePointer<Element>?]) -> Void
) {
    guard found.count < arrays.count else { return body(found) }
    arrays[found.count].withUnsafeBufferPointer {
        withPointers(arrays, found + [$0.baseAddress], body)
    }
}

/// A result compared by its bits.
private struct Best: Equatable, CustomStringConvertible {
    var option: Int32
    var score: Double

    static func == (left: Best, right: Best) -> Bool {
        left.option == right.option && left.score.bitPattern == right.score.bitPattern
    }
    var description: String { "\(option): \(score)" }
}

private let menuSizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 4096]

private let supportedLevels: [tangram_simd_level?] =
    [nil]
    + (0..<TANGRAM_SIMD_LEVEL_COUNT).map { tangram_simd_level(rawValue: UInt32($0)) }
    .filter { tangram_simd_supported($0) }

private func name(_ level: tangram_simd_level?) -> String {
    guard let level, let text = tangram_simd_name(level) else { return "reference" }
    return String(cString: text)
}

/// Random menus: every size twice, coarse numbers (many ties), prices that make many scores
/// negative, unused slots anywhere.
private func randomMenus(
    seed: UInt64, resourceCount: Int, isCoarse: Bool, slotCount: Int = 4
) -> Menus {
    var random = SeededGenerator(seed: seed)
    var menus = Menus(resourceCount: resourceCount, slotCount: slotCount)
    func number(_ random: inout SeededGenerator, _ range: ClosedRange<Double>) -> Double {
        let value = Double.random(in: range, using: &random)
        return isCoarse ? (value * 2).rounded() / 2 : value
    }
    for index in 0..<resourceCount { menus.price[index] = number(&random, 0...1.5) }
    for size in menuSizes + menuSizes.reversed() {
        for _ in 0..<size {
            let uses: [(Int32, Double)] = (0..<slotCount).map { _ in
                resourceCount == 0 || Bool.random(using: &random)
                    ? (-1, number(&random, 0...2))
                    : (
                        Int32.random(in: 0..<Int32(resourceCount), using: &random),
                        number(&random, 0...2)
                    )
            }
            menus.append(value: number(&random, -1...3), uses: uses)
        }
        menus.endJob()
    }
    return menus
}

@Test(
    "every instruction set equals the Swift reference bit for bit",
    arguments: [0, 1, 7, 8, 15, 16, 17, 31, 32, 100], [false, true])
func levelsAgree(resourceCount: Int, isCoarse: Bool) {
    let menus = randomMenus(
        seed: UInt64(resourceCount) + 1, resourceCount: resourceCount, isCoarse: isCoarse)
    let expected = menus.reference()
    for level in supportedLevels {
        #expect(menus.kernel(level) == expected, "\(name(level))")
    }
}

@Test("so they do for every number of slots", arguments: 0...Int(TANGRAM_RESOURCE_SLOTS))
func slotCountsAgree(slotCount: Int) {
    let menus = randomMenus(seed: 77, resourceCount: 12, isCoarse: false, slotCount: slotCount)
    let expected = menus.reference()
    for level in supportedLevels {
        #expect(menus.kernel(level) == expected, "\(name(level)), \(slotCount) slots")
    }
}

@Test("the lowest of equal options wins, wherever its lane is", arguments: menuSizes.dropFirst())
func tiesGoToTheLowest(size: Int) {
    for first in Set([0, 1, size / 2, size - 1]).filter({ $0 < size }) {
        var menus = Menus(resourceCount: 1)
        menus.append(value: 9, uses: [])
        menus.endJob()
        for option in 0..<size { menus.append(value: option < first ? 1 : 2, uses: []) }
        menus.endJob()
        for level in supportedLevels {
            #expect(
                menus.kernel(level)[1] == Best(option: Int32(1 + first), score: 2),
                "\(name(level)), \(first) of \(size)")
        }
    }
}

@Test("no option is best where none scores above zero", arguments: menuSizes)
func nothingPays(size: Int) {
    var menus = Menus(resourceCount: 2)
    menus.price = [1, 2, 0]
    for option in 0..<size {
        menus.append(value: option % 2 == 0 ? 2 : 1, uses: [(1, 1)])
    }
    menus.endJob()
    for level in supportedLevels {
        #expect(menus.kernel(level) == [Best(option: -1, score: 0)], "\(name(level))")
    }
}

@Test("a NaN score is never the best and hides no other")
func notANumber() {
    for size in [5, 16, 17] {
        for bad in 0..<size {
            var menus = Menus(resourceCount: 1)
            for option in 0..<size {
                menus.append(value: option == bad ? .nan : Double(1 + option), uses: [])
            }
            menus.endJob()
            let expected = menus.reference()
            for level in supportedLevels { #expect(menus.kernel(level) == expected) }
        }
    }
}

@Test("products are rounded before they are added: no fused multiply-add")
func noFusedMultiplyAdd() {
    // (1 + 2^-30)^2 = 1 + 2^-29 + 2^-60: the last term is lost unless the product stays exact.
    let amount = 1 + 0x1p-30
    var menus = Menus(resourceCount: 1)
    menus.price[0] = amount
    for _ in 0..<17 { menus.append(value: 2, uses: [(0, amount), (0, amount * 0x1p-40)]) }
    menus.endJob()
    let expected = menus.reference()
    for level in supportedLevels { #expect(menus.kernel(level) == expected, "\(name(level))") }
}

@Test("only the jobs of the range are written")
func jobRange() {
    let menus = randomMenus(seed: 5, resourceCount: 9, isCoarse: false)
    let expected = menus.reference()
    for level in supportedLevels {
        let found = menus.kernel(level, jobs: 3..<9)
        for job in 0..<menus.jobCount {
            #expect(
                found[job]
                    == ((3..<9).contains(job) ? expected[job] : Best(option: -7, score: -7)))
        }
    }
}

@Test("an unknown or unsupported level is reported, not replaced")
func resolving() {
    var level = TANGRAM_SIMD_BASELINE
    #expect(tangram_simd_resolve(nil, &level) == TANGRAM_SIMD_OK)
    #expect(level == tangram_simd_detected())
    #expect(tangram_simd_resolve("", &level) == TANGRAM_SIMD_OK)
    #expect(tangram_simd_resolve("AVX2", &level) == TANGRAM_SIMD_UNKNOWN_NAME)
    #expect(tangram_simd_resolve("baseline", &level) == TANGRAM_SIMD_OK)
    #expect(level == TANGRAM_SIMD_BASELINE)
    #if arch(x86_64)
        #expect(tangram_simd_resolve("neon", &level) == TANGRAM_SIMD_UNSUPPORTED)
        #expect(level == TANGRAM_SIMD_NEON)
    #else
        #expect(tangram_simd_resolve("avx2", &level) == TANGRAM_SIMD_UNSUPPORTED)
        #expect(level == TANGRAM_SIMD_AVX2)
    #endif
    #expect(tangram_simd_name(tangram_simd_level(rawValue: 9)) == nil)
}
