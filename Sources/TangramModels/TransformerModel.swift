/// The shape of a transformer.
public struct TransformerModel: Hashable, Sendable, Identifiable {
    /// The catalogue name.
    public var id: String
}
