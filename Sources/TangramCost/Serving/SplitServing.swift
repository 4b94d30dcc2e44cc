import CCostKernel
import TangramHardware
public import TangramUnits

/// Prefill on some accelerators and decode on others, with the cache sent between them.
public struct SplitEstimate: Hashable, Sendable {
    /// One replica that prefills, and how many there are.
    public var prefill: ServingLayout
    /// How many replicas prefill.
    public var prefillCount: Int
    /// One replica that decodes.
    public var decode: ServingLayout
    /// How many replicas decode.
    public var decodeCount: Int
    /// Requests per second of all.
    public var capacity: RequestRate
    /// Requests per second that the prefilling replicas could take.
    public var prefillCapacity: RequestRate
    /// Requests per second that the decoding replicas could take.
    public var decodeCapacity: RequestRate
    /// Sequences that one decoding replica decodes at the same time.
    public var decodeBatch: Double
    /// Mean time to the first token, with the cache sent.
    public var timeToFirstToken: Seconds
    /// Mean time between output tokens.
    public var timePerOutputToken: Seconds
    /// Bytes of the cache of one prompt.
    public var cacheBytes: Bytes
    /// Time of sending it that prefill does not hide.
    public var transfer: Seconds
    /// How far measurements may be from the figures.
    public var uncertainty: ServingUncertainty

    /// "2P TP4 + 3D DP8 EP8".
    public var summary: String {
        "\(prefillCount)P \(prefill.summary) + \(decodeCount)D \(decode.summary)"
    }

    /// All accelerators.
    public var acceleratorCount: Int {
        prefillCount * prefill.acceleratorCount + decodeCount * decode.acceleratorCount
    }
}

/// Finds how many replicas prefill and how many decode, in which layouts.
///
/// Layers send their cache while the next ones are prefilled, so that only what the link cannot carry
/// meanwhile, and the last layer, are waited for (DeepSeek-V3 and Mooncake, arXiv 2407.00079, §5.2).
/// Where ranks or formats differ the cache is read and written once more.
public struct SplitServing: Sendable {
    /// The job where it is prefilled.
    public let prefill: ServingModel
    /// The job where it is decoded; the same model and demand.
    public let decode: ServingModel
    /// Bandwidth of one accelerator between the two.
    public let bandwidth: Bandwidth

    /// Seconds before the first byte of a cache arrives.
    private let latency: Double
    /// Bytes of one prompt's cache.
    private let cacheBytes: Double
    private let uncertainty: ServingUncertainty

    /// Most of the time that a prefilling replica is busy; beyond, queues outgrow any limit.
    private static let fullestPrefill = 0.9

    /// - Parameter bandwidth: Of one accelerator between the two; nil for the slower fabric of both,
    ///   and by way of the hosts' memory where their vendors differ.
    public init(prefill: ServingModel, decode: ServingModel, bandwidth: Bandwidth? = nil) {
        self.prefill = prefill
        self.decode = decode
        let link = UnlikeLink(prefill.group, decode.group)
        self.bandwidth = bandwidth ?? Bandwidth(1 / link.byteCost)
        latency = link.latency
        let demand = prefill.demand
        let values = prefill.shape.layers.reduce(0.0) {
            $0 + Double($1.count) * $1.attention.valuesCached(context: demand.promptTokens)
        }
        cacheBytes = values * demand.keyValueFormat.bytesPerElement
        uncertainty = ServingUncertainty(
            .apart, base: max(prefill.baseUncertainty, decode.baseUncertainty))
    }

    /// One way of running one replica of a side.
    struct Side {
        var layout: ServingLayout
        /// Requests per second of one replica.
        var rate: Double
        var time: Double
        var transfer: Double
        var batch: Double
    }

    /// The best split of separate pools of `prefillLimit` and `decodeLimit` accelerators.
    public func best(prefillLimit: Int, decodeLimit: Int) -> Result<SplitEstimate, Rejection> {
        sides(prefillLimit: prefillLimit, decodeLimit: decodeLimit).flatMap { prefills, decodes in
            var found: SplitEstimate?
            for prefill in prefills {
                for decode in decodes {
                    let x = prefillLimit / prefill.layout.acceleratorCount
                    let y = decodeLimit / decode.layout.acceleratorCount
                    let split = estimate(prefill, x, decode, y)
                    if split.capacity > found?.capacity ?? .zero { found = split }
                }
            }
            return Self.result(found, limit: prefillLimit + decodeLimit)
        }
    }

    /// The best split of one pool of `limit` accelerators: how many prefill and how many decode.
    public func best(limit: Int) -> Result<SplitEstimate, Rejection> {
        sides(prefillLimit: limit - 1, decodeLimit: limit - 1).flatMap { prefills, decodes in
            var found: SplitEstimate?
            for prefill in prefills {
                for decode in decodes {
                    let (p, d) = (prefill.layout.acceleratorCount, decode.layout.acceleratorCount)
                    guard p + d <= limit else { continue }
                    for x in 1...max(1, (limit - d) / p) {
                        let split = estimate(prefill, x, decode, (limit - x * p) / d)
                        if split.capacity > found?.capacity ?? .zero { found = split }
                        // More prefill than decode can take only takes accelerators away.
                        if split.prefillCapacity > split.decodeCapacity { break }
                    }
                }
            }
            return Self.result(found, limit: limit)
        }
    }

    // MARK: Sides

    /// The ways of both sides; fails where one has none.
    func sides(
        prefillLimit: Int, decodeLimit: Int
    ) -> Result<(prefills: [Side], decodes: [Side]), Rejection> {
        do throws(Rejection) {
            return .success(
                (try prefillSides(limit: prefillLimit), try decodeSides(limit: decodeLimit)))
        } catch {
            return .failure(error)
        }
    }

    static func result<Found>(_ found: Found?, limit: Int) -> Result<Found, Rejection> {
        if let found { return .success(found) }
        return .failure(
            .noLayout(
                acceleratorCount: limit, reason: "prefill and decode do not both find a place"))
    }

    func estimate(_ prefill: Side, _ x: Int, _ decode: Side, _ y: Int) -> SplitEstimate {
        let (a, b) = (prefill.rate * Double(x), decode.rate * Double(y))
        return SplitEstimate(
            prefill: prefill.layout, prefillCount: x, decode: decode.layout, decodeCount: y,
            capacity: RequestRate(min(a, b)), prefillCapacity: RequestRate(a),
            decodeCapacity: RequestRate(b), decodeBatch: decode.batch,
            timeToFirstToken: Seconds(prefill.time), timePerOutputToken: Seconds(decode.time),
            cacheBytes: Bytes(rounding: cacheBytes), transfer: Seconds(prefill.transfer),
            uncertainty: uncertainty)
    }

    /// The layout that prefills most on one accelerator, for every number of accelerators.
    func prefillSides(limit: Int) throws(Rejection) -> [Side] {
        var best: [Int: Side] = [:]
        var nearest: Rejection?
        let demand = prefill.demand
        for wish in ServingSearch(prefill).wishes where best.isEmpty {
            for layout in ServingSearch(prefill).layouts(formats: wish, limit: limit) {
                let state = ReplicaState(model: prefill, layout: layout)
                guard state.batchLimit >= 1 else {
                    nearest = nearest ?? prefill.memoryRejection(layout)
                    continue
                }
                let alone = state.promptTime
                let service = state.prefillPerRequest
                let sending = cacheBytes / (bandwidth.value * Double(layout.acceleratorCount))
                let layers = Double(max(1, prefill.shape.layerCount))
                let rewriting =
                    2 * cacheBytes
                    / (prefill.group.accelerator.memoryBandwidth.value
                        * Double(layout.acceleratorCount))
                let transfer =
                    max(0, sending - alone * (layers - 1) / layers) + sending / layers
                    + (isAlike ? 0 : rewriting) + latency
                let fixed = alone + transfer + demand.engine.hostPerRequest.value
                var busy = Self.fullestPrefill
                if let limit = demand.timeToFirstToken {
                    guard fixed < limit.value else {
                        let reason = Rejection.timeToFirstToken(best: Seconds(fixed), limit: limit)
                        nearest = reason
                        continue
                    }
                    busy = min(busy, fullest(fixed: fixed, alone: alone, limit: limit.value))
                }
                let side = Side(
                    layout: layout, rate: busy / service,
                    time: fixed + wait(busy: busy, alone: alone), transfer: transfer, batch: 1)
                let count = layout.acceleratorCount
                if side.rate > best[count]?.rate ?? 0 { best[count] = side }
            }
        }
        guard !best.isEmpty else { throw nearest ?? noLayout(limit) }
        return best.values.sorted { $0.layout.acceleratorCount < $1.layout.acceleratorCount }
    }

    /// What a prompt waits for those before it: the mean ρP/2(1 − ρ) of an M/G/1 queue, or the longest
    /// wait of all but a part of the requests (exponential beyond 0, Kingman 1961).
    private func wait(busy: Double, alone: Double) -> Double {
        let lengths = prefill.demand.promptLengths
        let variation = lengths.secondMoment
        let waiting = variation * alone / (2 * (1 - busy))
        guard let percent = prefill.demand.percentile else { return busy * waiting }
        let above = (1 - Double(percent) / 100) / max(busy, 1e-9)
        return waiting * tangram_exponential_quantile(above)
    }

    /// The largest part of the time that prefill may be busy within a limit.
    private func fullest(fixed: Double, alone: Double, limit: Double) -> Double {
        var (low, high) = (0.0, Self.fullestPrefill)
        if fixed + wait(busy: high, alone: alone) <= limit { return high }
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if fixed + wait(busy: middle, alone: alone) <= limit {
                low = middle
            } else {
                high = middle
            }
        }
        return low
    }

    /// The layout that decodes most on one accelerator within the limit, for every number of them.
    func decodeSides(limit: Int) throws(Rejection) -> [Side] {
        var best: [Int: Side] = [:]
        var nearest: Rejection?
        let demand = decode.demand
        let kept = demand.speculation?.keptTokens ?? 1
        let steps = max(1, Double(demand.outputTokens - 1) / kept)
        for wish in ServingSearch(decode).wishes where best.isEmpty {
            for layout in ServingSearch(decode).layouts(formats: wish, limit: limit) {
                let state = ReplicaState(model: decode, layout: layout)
                guard state.batchLimit >= 1 else {
                    nearest = nearest ?? decode.memoryRejection(layout)
                    continue
                }
                let alone = state.point(batch: 1).step_s / kept
                if let limit = demand.timePerOutputToken, alone > limit.value {
                    nearest = .timePerOutputToken(best: Seconds(alone), limit: limit)
                    continue
                }
                let most = demand.timePerOutputToken?.value ?? .infinity
                let batch = state.largestBatch(near: nil) { $0.step_s / kept <= most }
                let step = state.point(batch: batch).step_s
                let side = Side(
                    layout: layout, rate: batch / (steps * step), time: step / kept, transfer: 0,
                    batch: batch)
                let count = layout.acceleratorCount
                if side.rate > best[count]?.rate ?? 0 { best[count] = side }
            }
        }
        guard !best.isEmpty else { throw nearest ?? noLayout(limit) }
        return best.values.sorted { $0.layout.acceleratorCount < $1.layout.acceleratorCount }
    }

    /// Whether both sides keep the cache alike.
    private var isAlike: Bool {
        prefill.group.accelerator.id == decode.group.accelerator.id
            && prefill.demand.keyValueFormat == decode.demand.keyValueFormat
    }

    private func noLayout(_ limit: Int) -> Rejection {
        .noLayout(acceleratorCount: limit, reason: "no accelerators given")
    }
}
