/// Manifold-constrained hyper-connections: several residual streams, mixed before and after each
/// half of a layer (DeepSeek-V4).
///
/// The shapes are inferred and unverified; they agree with the published totals.
public struct HyperConnections: Hashable, Sendable {
    /// Residual streams.
    public var streamCount: Int

    /// Creates connections of `streamCount` streams.
    public init(streamCount: Int) { self.streamCount = streamCount }

    /// Parameters of one layer: two sites, each a matrix from all streams to (2 + n)·n mixing
    /// weights, as many biases and three scales.
    public func parameterCountPerLayer(hiddenSize: Int) -> Int {
        let mixes = (2 + streamCount) * streamCount
        return 2 * (mixes * streamCount * hiddenSize + mixes + 3)
    }

    /// Parameters of the place where the streams join before the head.
    public func headParameterCount(hiddenSize: Int) -> Int {
        streamCount * streamCount * hiddenSize + streamCount + 1
    }
}
