import TangramCost
import TangramDocument
import TangramHardware
import TangramModels
import TangramUnits

/// How many accelerators a row ran on, and in which layout, as far as it says.
struct ServedSizes {
    let record: CSVRecord
    let notes: ServingNotes
    let model: TransformerModel
    let card: Accelerator
    let formats: ServingDemand
    let hardware: HardwareCatalogue

    /// Accelerators of a node; wider replicas of cards without a wide scale-up domain are of DeepSeek's
    /// kind, with attention in groups.
    private static let nodeSize = 8
    /// Ranks that experts of DeepSeek-V3 are spread over in prefill (arXiv 2412.19437, §3.4.1).
    private static let wideRanks = 32

    /// The replicas of the row; its demand and load are placeholders.
    func sides(metric: String, load: ServingCase.Load) throws -> ServingCase {
        var assumptions: [String] = []
        let stated = try record.integer("num_accel", in: 1...1_000_000)
        let isSplit = record["disagg"] == "y"
        let decoding = try record.integer("decode_accels", in: 1...1_000_000)
        let prefilling = try record.integer("prefill_accels", in: 1...1_000_000)
        let tensor = try record.integer("tp", in: 1...65_536)
        let pipeline = try record.integer("pp", in: 1...65_536) ?? 1
        var expert = try record.integer("ep", in: 1...65_536) ?? notes.expertRanks
        var groups = Int(record["dp_attn"])
        // Experts over more ranks than one of attention is cut over: the others have their own requests.
        let isWide = isSplit && model.isMixtureOfExperts && (expert ?? 1) > (tensor ?? .max)
        let isGrouped =
            isWide
            || groups.map { $0 > 1 }
                ?? (record["dp_attn"] == "y"
                    || notes.hasGroupedAttention && model.isMixtureOfExperts)
        if !isGrouped { groups = nil }

        // A package of two dies is two devices to the software; tables count either.
        var perAccelerator = 1
        if die != nil {
            let dies = card.dieCount
            let widest = max(tensor ?? 1, expert ?? 1)
            if stated == nil || widest != stated { perAccelerator = dies }
        }
        let count = stated.map { $0 * perAccelerator }

        // Sizes that describe the same ranks twice: what the run was launched with.
        let launched = Self.launched(record["source"]) ?? Self.launched(record["notes"])
        var width: Int?
        if let launched {
            width = launched.tensor
            expert = launched.expert
        } else if let tensor, !isSplit {
            let ranks = max(tensor, isGrouped ? max(expert ?? 1, groups ?? 1) : 1)
            let product = tensor * (groups ?? 1)
            let isTwice = count.map { $0 > Self.nodeSize && $0 == tensor * (expert ?? 1) } ?? false
            width = isTwice ? tensor : isGrouped && groups != nil ? max(product, ranks) : ranks
            if isTwice, let known = expert, known > tensor { expert = tensor }
        } else if let tensor {
            width = isGrouped ? max(tensor, expert ?? 1) : tensor
        }

        func side(_ available: Int?, _ isPrefill: Bool) -> ServingCase.Side {
            var ranks = width.map { $0 } ?? 0
            var isData = isGrouped
            let total = available ?? count
            if isPrefill, let stated = notes.prefill, let total, total % stated.workers == 0 {
                ranks = total / stated.workers
                isData = stated.isGrouped || stated.tensor < ranks
            } else if isPrefill {
                ranks = prefillWidth(total ?? ranks, like: ranks, isGrouped: isData)
            } else if ranks == 0 || isSplit && !fits(ranks, total, isGrouped: isData) {
                ranks = usualWidth(
                    total ?? expert ?? Self.nodeSize, expert: expert, isGrouped: isData)
                assumptions.append("replicas of \(ranks)")
            } else if isSplit, isData, ranks == 1, let total {
                ranks = total
                assumptions.append("replicas of \(ranks)")
            }
            if tensor == nil, record["dp_attn"].isEmpty, ranks > Self.nodeSize { isData = true }
            let replicas = max(1, Double(total ?? ranks * pipeline) / Double(ranks * pipeline))
            var layout = ServingLayout(
                tensorParallel: ranks, pipelineParallel: pipeline,
                weightFormat: formats.weightFormats.first ?? .bf16,
                keyValueFormat: formats.keyValueFormat)
            if isData {
                // Attention in as many groups as there are ranks, unless the table says fewer.
                var parts = ranks
                if let groups, groups < ranks, ranks % groups == 0 { parts = groups }
                layout.tensorParallel = ranks / parts
                layout.dataParallel = parts
            }
            if isPrefill, let stated = notes.prefill, isData {
                let width = stated.isGrouped ? 1 : stated.tensor
                if ranks % width == 0 {
                    layout.tensorParallel = width
                    layout.dataParallel = ranks / width
                }
            }
            let own = isPrefill ? notes.prefill.map(\.expert) : nil
            let wanted = own ?? expert ?? (isData ? ranks : 1)
            layout.expertParallel = wanted <= ranks && ranks % wanted == 0 ? wanted : ranks
            if !model.isMixtureOfExperts { layout.expertParallel = layout.stageRankCount }
            return ServingCase.Side(
                layout: layout,
                replicaCount: isSplit || stated == nil ? replicas : replicas.rounded(.down))
        }
        var decode: ServingCase.Side
        var prefill: ServingCase.Side?
        if case .prefill = load {
            decode = side((prefilling ?? stated).map { $0 * perAccelerator }, false)
        } else {
            decode = side((decoding ?? stated).map { $0 * perAccelerator }, false)
            if isSplit, case .closedLoop = load, let prefilling {
                prefill = side(prefilling * perAccelerator, true)
                assumptions.append("prefill on \(prefill?.layout.summary ?? "")")
            }
        }
        if launched == nil, !isSplit, let width, let count, count > width * pipeline,
            count == tensor.map({ $0 * (expert ?? 1) }) || count == (expert ?? 0)
        {
            decode.replicaCount = 1
        }
        let largest = max(
            decode.acceleratorCount, prefill?.acceleratorCount ?? 0, Double(count ?? 0))
        let device = devices(perAccelerator)
        let group = try TrainingCaseReader.network(
            device, count: max(1, Int(largest)),
            perNode: Self.perNode(device, count: Int(largest)), nic: nil, hardware)
        var demand = formats
        if ServingModel(demand: demand, group: group).formats.isEmpty {
            demand.weightFormats = [.int8, .bf16]
            assumptions.append("served in a format that the card has")
        }
        guard let format = ServingModel(demand: demand, group: group).formats.first else {
            throw Inexpressible.rejected("\(device.id) has no format to serve it in")
        }
        demand.weightFormats = [format.weights]
        decode.layout.weightFormat = format.weights
        prefill?.layout.weightFormat = format.weights
        decode.layout.computeFormat = format.compute
        prefill?.layout.computeFormat = format.compute
        for problem in LayoutCheck(model: model, group: group)
            .problems(of: decode.layout, count: decode.layout.acceleratorCount)
        {
            throw Inexpressible.layout([problem])
        }
        return ServingCase(
            demand: demand, group: group, side: decode, prefillSide: prefill, load: load,
            devicesPerAccelerator: Double(perAccelerator), assumptions: assumptions)
    }

    /// The die of a package, where the catalogue has it.
    private func devices(_ perAccelerator: Int) -> Accelerator {
        perAccelerator > 1 ? die ?? card : card
    }

    private var die: Accelerator? {
        card.dieCount > 1 ? hardware.accelerator(card.id + "-die") : nil
    }

    private static func perNode(_ device: Accelerator, count: Int) -> Int {
        let domain = device.scaleUp?.domainSize ?? 1
        // Racks of one scale-up domain are built of nodes of four; packages of two dies of sixteen.
        let usual = domain > 384 ? 16 : domain > 16 ? 4 : nodeSize
        let size = min(count, usual)
        return count.isMultiple(of: size) ? size : 1
    }

    /// "…_tp2_0_ep2_0_…": what a run is named after.
    private static func launched(_ source: String) -> (tensor: Int, expert: Int)? {
        func number(after word: String) -> Int? {
            guard let range = source.firstRange(of: word) else { return nil }
            return Int(source[range.upperBound...].prefix { $0.isNumber })
        }
        guard let tensor = number(after: "_tp"), let expert = number(after: "_ep") else {
            return nil
        }
        return (max(1, tensor), max(1, expert))
    }

    /// Whether replicas of so many ranks divide the heads and the accelerators.
    private func fits(_ ranks: Int, _ total: Int?, isGrouped: Bool) -> Bool {
        if ranks == 1, isGrouped { return true }
        let heads = model.layerGroups.map(\.attention.headCount).min() ?? 1
        guard isGrouped || heads % ranks == 0 else { return false }
        return total.map { $0 % ranks == 0 } ?? true
    }

    /// A node, or all of it where experts are spread wide.
    private func usualWidth(_ total: Int, expert: Int?, isGrouped: Bool) -> Int {
        if let expert, expert > 1, total % expert == 0 { return expert }
        let isLatent = !model.layerGroups.contains {
            if case .grouped = $0.attention { true } else { false }
        }
        // Latent attention replicates its cache over tensor-parallel ranks: groups instead.
        if isGrouped { return total }
        if record["dp_attn"].isEmpty, isLatent, model.isMixtureOfExperts {
            // Nothing says how wide: as wide as DeepSeek prefills.
            return record["num_accel"].isEmpty ? Self.wideRanks : total
        }
        return [8, 4, 2].first { total % $0 == 0 } ?? 1
    }

    /// The widest of 8, 4, 2 that divides the pool and is no wider than what decodes, so that small
    /// pools are one replica.
    private func prefillWidth(_ total: Int, like ranks: Int, isGrouped: Bool) -> Int {
        let most = max(1, min(ranks, Self.nodeSize))
        return [8, 4, 2].first { $0 <= most && total % $0 == 0 } ?? 1
    }
}
