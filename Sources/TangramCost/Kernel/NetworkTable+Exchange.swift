import CCostKernel
import TangramHardware
import TangramUnits

extension NetworkTable {
    /// The exchange of `tokens` tokens of every rank with the experts of `kind`; nil where no library
    /// was measured, or experts are not spread.
    func exchange(
        _ kind: tangram_expert_kind, size: Int, stride: Int, tokens: Double,
        dispatchRowBytes: Double, combineRowBytes: Double, mergedOnly: Bool
    ) -> ExpertExchangeUse? {
        var kind = kind
        let parts = tangram_exchange_of(
            pointer, &kind, Double(size), Double(stride), tokens, dispatchRowBytes,
            combineRowBytes, mergedOnly ? 1 : 0)
        guard libraries.indices.contains(Int(parts.library)) else { return nil }
        let library = libraries[Int(parts.library)]
        let isFar = parts.node_count > 1
        let places = Int(parts.place_count)
        guard
            let fit = ExpertExchangeLibrary.fit(
                isFar ? library.far : library.near, placeCount: places)
        else { return nil }
        let isInherited = fit.dispatch.acceleratorID != acceleratorID
        let curves = [fit.dispatch, fit.combine]
        let own = curves.map(\.ninetiethError).max() ?? 0
        let leftOut = isInherited ? ExpertExchangeLibrary.leftOutError : 0
        return ExpertExchangeUse(
            library: library.name, placeCount: places, isBetweenNodes: isFar,
            measuredOn: fit.dispatch.acceleratorID, isInherited: isInherited,
            dispatch: Seconds(parts.dispatch_s), combine: Seconds(parts.combine_s),
            relativeUncertainty: max(own, leftOut))
    }

    /// The libraries that were measured on the accelerator's own port; none for another link.
    static func libraries(_ group: DeviceGroup) -> [ExpertExchangeLibrary] {
        let link = group.scaleUp.link
        guard let table = group.accelerator.efficiency.curves, link.kind == .scaleUp,
            group.accelerator.scaleUp?.linkID == link.id
        else { return [] }
        return Array(
            table.exchangeLibraries(domainSize: group.localSize)
                .prefix(Int(TANGRAM_EXCHANGE_LIMIT)))
    }
}

extension tangram_network_table {
    /// Adds libraries, their bandwidths relative to the links of `group`.
    mutating func add(_ libraries: [ExpertExchangeLibrary], _ group: DeviceGroup) {
        for library in libraries {
            var entry = tangram_exchange_library()
            entry.merges_copies = library.mergesCopies ? 1 : 0
            let near = group.scaleUp.bandwidth.value
            let far = group.fabricBandwidth.value
            entry.near.0 = Self.curve(library.near, \.dispatch, rate: near)
            entry.near.1 = Self.curve(library.near, \.combine, rate: near)
            entry.far.0 = Self.curve(library.far, \.dispatch, rate: far)
            entry.far.1 = Self.curve(library.far, \.combine, rate: far)
            withUnsafeMutableBytes(of: &exchanges) { raw in
                let entries = raw.bindMemory(to: tangram_exchange_library.self)
                entries[Int(exchange_count)] = entry
            }
            exchange_count += 1
        }
    }

    /// Terms that depend on the model are those of the first fit: cells over several numbers of
    /// ranks were measured with one model and have none.
    private static func curve(
        _ fits: [ExpertExchangeLibrary.Fit],
        _ step: KeyPath<ExpertExchangeLibrary.Fit, OperatorCurve>,
        rate: Double
    ) -> tangram_exchange_curve {
        var curve = tangram_exchange_curve()
        if let first = fits.first?[keyPath: step] {
            curve.expert_s = first[.expert] * 1e-6
            curve.row_count = first[.rows]
            curve.own_copies = first[.ownCopies]
            curve.header_bytes = first[.header] * 1e3
        }
        for fit in fits {
            let measured = fit[keyPath: step]
            var link = tangram_link_fit()
            link.rank_count = Double(fit.placeCount)
            link.latency_s = measured[.launch] * 1e-6
            link.ramp_s = measured[.ramp] * 1e-6
            link.knee_bytes = measured[.knee] * 1e6
            link.byte_cost_s = 1 / max(rate * measured[.bus], NetworkTable.leastRate)
            tangram_exchange_add_fit(&curve, link)
        }
        return curve
    }
}
