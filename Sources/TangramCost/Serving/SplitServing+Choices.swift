import TangramUnits

extension SplitServing {
    /// Ways to serve up to `load` requests per second: as many replicas of either side as the load, its
    /// half, quarter and eighth need, each of the layouts that take the fewest accelerators for it, and
    /// the best use of all accelerators where those do not suffice. Most requests first.
    ///
    /// - Parameters:
    ///   - load: Requests per second that arrive.
    ///   - prefillLimit: Accelerators that may prefill.
    ///   - decodeLimit: Accelerators that may decode.
    public func choices(
        load: Double, prefillLimit: Int, decodeLimit: Int
    ) -> Result<[SplitEstimate], Rejection> {
        sides(prefillLimit: prefillLimit, decodeLimit: decodeLimit).flatMap { prefills, decodes in
            /// Replicas of both sides that carry `rate`.
            func carrying(_ rate: Double) -> SplitEstimate? {
                guard let a = Self.fewest(prefills, load: rate, limit: prefillLimit),
                    let b = Self.fewest(decodes, load: rate, limit: decodeLimit)
                else { return nil }
                return estimate(a.side, a.count, b.side, b.count)
            }
            var found = [1.0, 2, 4, 8].compactMap { carrying(load / $0) }
            // What the slower side leaves of the faster is not taken.
            if found.first?.capacity.value ?? 0 < load,
                let most = Self.most(prefills, limit: prefillLimit),
                let other = Self.most(decodes, limit: decodeLimit),
                let all = carrying(
                    min(most.side.rate * Double(most.count), other.side.rate * Double(other.count)))
            {
                found.insert(all, at: 0)
            }
            return Self.result(
                found.isEmpty ? nil : found, limit: prefillLimit + decodeLimit)
        }
    }

    /// The side and count of replicas that carry `load` on the fewest accelerators.
    private static func fewest(
        _ sides: [Side], load: Double, limit: Int
    ) -> (side: Side, count: Int)? {
        var best: (side: Side, count: Int)?
        for side in sides {
            let needed = (load / side.rate * (1 - 1e-9)).rounded(.up)
            guard needed <= Double(limit) else { continue }
            let count = max(1, Int(needed))
            let total = count * side.layout.acceleratorCount
            guard total <= limit else { continue }
            let other = best.map { $0.count * $0.side.layout.acceleratorCount } ?? .max
            if total < other { best = (side, count) }
        }
        return best
    }

    /// The side and count of replicas that carry most on `limit` accelerators.
    private static func most(_ sides: [Side], limit: Int) -> (side: Side, count: Int)? {
        var best: (side: Side, count: Int)?
        for side in sides {
            let count = limit / side.layout.acceleratorCount
            guard count >= 1 else { continue }
            if side.rate * Double(count) > best.map({ $0.side.rate * Double($0.count) }) ?? 0 {
                best = (side, count)
            }
        }
        return best
    }
}
