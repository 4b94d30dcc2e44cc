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
        let prefills: [Side]
        let decodes: [Side]
        do throws(Rejection) {
            prefills = try prefillSides(limit: prefillLimit)
            decodes = try decodeSides(limit: decodeLimit)
        } catch {
            return .failure(error)
        }
        var found: [SplitEstimate] = []
        for part in [1.0, 2, 4, 8] {
            guard let a = Self.fewest(prefills, load: load / part, limit: prefillLimit),
                let b = Self.fewest(decodes, load: load / part, limit: decodeLimit)
            else { continue }
            found.append(estimate(a.side, a.count, b.side, b.count))
        }
        // What the slower side leaves of the faster is not taken.
        if found.first?.capacity.value ?? 0 < load,
            let most = Self.most(prefills, limit: prefillLimit),
            let other = Self.most(decodes, limit: decodeLimit)
        {
            let rate = min(
                most.side.rate * Double(most.count), other.side.rate * Double(other.count))
            if let a = Self.fewest(prefills, load: rate, limit: prefillLimit),
                let b = Self.fewest(decodes, load: rate, limit: decodeLimit)
            {
                found.insert(estimate(a.side, a.count, b.side, b.count), at: 0)
            }
        }
        guard !found.isEmpty else {
            return .failure(
                .noLayout(
                    acceleratorCount: prefillLimit + decodeLimit,
                    reason: "prefill and decode do not both find a place"))
        }
        return .success(found)
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
