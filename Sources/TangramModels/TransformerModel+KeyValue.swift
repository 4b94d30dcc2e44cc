public import TangramUnits

extension TransformerModel {
    /// Bytes of keys and values cached per token over all layers, while no window is full.
    ///
    /// The slope at the start of a sequence: layers with a sliding or chunked window count as if
    /// they read everything, which is how papers state it. The fixed window of compressed attention
    /// is not in it, so DeepSeek-V4's figure is a fraction of a layer's width. Without the indexer.
    /// Scales of 8- and 4-bit formats are not counted.
    public func keyValueBytesPerToken(format: NumberFormat = .bf16) -> Double {
        sum { $0.cachedValuesPerToken } * format.bytesPerElement
    }

    /// Bytes of keys and values that one more token adds at a long context: of the layers that read
    /// the full context only, without the indexer.
    public func fullContextKeyValueBytesPerToken(format: NumberFormat = .bf16) -> Double {
        sum { $0.readsFullContext ? $0.cachedValuesPerToken : 0 } * format.bytesPerElement
    }

    /// Bytes of indexer keys cached per token over all layers; 0 without sparse attention.
    public func indexerBytesPerToken(format: NumberFormat = .bf16) -> Double {
        sum { $0.indexerValuesPerToken } * format.bytesPerElement
    }

    /// The key-value cache of one sequence of `context` tokens, without the indexer: windows cap
    /// their layers, compressed entries are whole.
    public func keyValueBytes(context: Int, format: NumberFormat = .bf16) -> Bytes {
        Bytes(rounding: sum { $0.cachedValues(context: context) } * format.bytesPerElement)
    }

    /// The indexer's cache of one sequence of `context` tokens.
    public func indexerBytes(context: Int, format: NumberFormat = .bf16) -> Bytes {
        Bytes(rounding: sum { $0.indexerValues(context: context) } * format.bytesPerElement)
    }

    /// All that one sequence of `context` tokens keeps in memory: keys, values and indexer.
    public func cacheBytes(
        context: Int, format: NumberFormat = .bf16, indexerFormat: NumberFormat? = nil
    ) -> Bytes {
        keyValueBytes(context: context, format: format)
            + indexerBytes(context: context, format: indexerFormat ?? format)
    }

    private func sum(_ term: (Attention) -> Double) -> Double {
        layerGroups.reduce(0) { $0 + Double($1.count) * term($1.attention) }
    }
}
