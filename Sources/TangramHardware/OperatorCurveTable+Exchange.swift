/// A library that brings tokens to experts and back, as it was measured.
public struct ExpertExchangeLibrary: Hashable, Sendable {
    /// One measured number of ranks or nodes, there and back.
    public struct Fit: Hashable, Sendable {
        /// Ranks that share a node, or nodes.
        public var placeCount: Int
        /// Tokens on their way to experts.
        public var dispatch: OperatorCurve
        /// What experts made of them on its way back.
        public var combine: OperatorCurve
    }

    /// Its name in the measurements: `deepep-normal`, `deepep-ll`, `trtllm-nvlink-alltoall`.
    public var name: String
    /// Whether one copy of a token goes to each rank of a node, or to each node, instead of one to
    /// each expert.
    public var mergesCopies: Bool
    /// Inside a node, or a larger scale-up domain; ascending in ranks.
    public var near: [Fit]
    /// Between nodes, ascending in nodes; bandwidths are relative to a rank's share of the fabric.
    public var far: [Fit]

    /// The fit that is used for so many ranks or nodes: the next larger one, else the largest.
    public static func fit(_ fits: [Fit], placeCount: Int) -> Fit? {
        fits.first { $0.placeCount >= placeCount } ?? fits.last
    }

    /// What curves of exchanges were off by on accelerators left out of the fit: the error that nine
    /// in ten points stay within, on the median of the shipped curves.
    public static let leftOutError: Double = {
        let all = (try? OperatorCurveTable.shipped())?.flatMap(\.curves) ?? []
        let errors = all.filter {
            $0.operation == .expertDispatch || $0.operation == .expertCombine
        }.compactMap { $0.leftOut?.ninetiethError }.sorted()
        return errors.isEmpty ? 0 : errors[errors.count / 2]
    }()
}

extension OperatorCurveTable {
    /// The libraries that were measured on this accelerator, one that merges copies first; empty
    /// where none was.
    ///
    /// What only others were measured with is taken from them: exchanges over several nodes, and over
    /// more ranks of one domain than this accelerator was measured with.
    ///
    /// - Parameter domainSize: Ranks that share a node or scale-up domain.
    public func exchangeLibraries(domainSize: Int) -> [ExpertExchangeLibrary] {
        let others = (try? Self.shipped()) ?? []
        func first(_ find: (OperatorCurveTable) -> [ExpertExchangeLibrary.Fit])
            -> [ExpertExchangeLibrary.Fit]
        {
            let own = find(self)
            return own.isEmpty ? others.lazy.map(find).first { !$0.isEmpty } ?? [] : own
        }
        let normal = fits(Self.normal) { $0.nodeCount == 1 }
        guard let measured = normal.last else { return [] }
        let far = first { $0.fits(Self.normal) { ($0.nodeCount ?? 1) > 1 } }
        guard !far.isEmpty else { return [] }
        if domainSize > measured.placeCount {
            let wide = first { $0.fits(Self.wide) { $0.nodeCount == nil } }
            if !wide.isEmpty {
                return [.init(name: Self.wide, mergesCopies: true, near: wide, far: far)]
            }
        }
        var libraries = [
            ExpertExchangeLibrary(name: Self.normal, mergesCopies: true, near: normal, far: far)
        ]
        let near = fits(Self.lowLatency) { $0.nodeCount == 1 }
        let apart = first { $0.fits(Self.lowLatency) { ($0.nodeCount ?? 1) > 1 } }
        if !near.isEmpty, !apart.isEmpty {
            libraries.append(
                .init(name: Self.lowLatency, mergesCopies: false, near: near, far: apart))
        }
        return libraries
    }

    private static let normal = "deepep-normal"
    private static let lowLatency = "deepep-ll"
    private static let wide = "trtllm-nvlink-alltoall"
    /// What is sent there and back; other formats are other bytes on the same curve.
    private static let formats = ["default", "fp8", "bfloat16"]

    private func fits(
        _ library: String, where isWanted: (ExchangeCondition) -> Bool
    ) -> [ExpertExchangeLibrary.Fit] {
        var found: [Int: (dispatch: OperatorCurve?, combine: OperatorCurve?)] = [:]
        for (condition, curve) in exchanges {
            guard condition.library == library, isWanted(condition), curve.disputedBy == nil
            else { continue }
            let isMultiNode = (condition.nodeCount ?? 1) > 1
            let places = isMultiNode ? condition.nodeCount ?? 1 : condition.rankCount
            switch curve.operation {
            case .expertDispatch where Self.formats.prefix(2).contains(condition.format):
                found[places, default: (nil, nil)].dispatch = curve
            case .expertCombine
            where condition.format != Self.formats[1]
                && Self.formats.contains(condition.format):
                found[places, default: (nil, nil)].combine = curve
            default: break
            }
        }
        return found.sorted { $0.key < $1.key }.compactMap { places, pair in
            guard let dispatch = pair.dispatch, let combine = pair.combine else { return nil }
            return .init(placeCount: places, dispatch: dispatch, combine: combine)
        }
    }
}

/// The condition of an exchange's curve: "deepep-normal default, 16 ranks, 2 nodes".
struct ExchangeCondition: Sendable {
    var library: String
    var format: String
    var rankCount: Int
    /// Nil where the library does not know nodes.
    var nodeCount: Int?

    init?(_ text: String) {
        let parts = text.split(separator: ",")
        guard parts.count >= 2, let blank = parts[0].lastIndex(of: " "),
            let ranks = Self.count(parts[1], "ranks")
        else { return nil }
        library = String(parts[0][..<blank])
        format = String(parts[0][parts[0].index(after: blank)...])
        rankCount = ranks
        nodeCount = parts.count > 2 ? Self.count(parts[2], "nodes") : nil
    }

    private static func count(_ part: Substring, _ unit: String) -> Int? {
        let words = part.split(separator: " ")
        return words.count == 2 && words[1] == unit ? Int(words[0]) : nil
    }
}
