/// A fixed division of `0..<count` into contiguous ranges, one per worker, of sizes that differ by
/// at most one; longer ranges come first.
///
/// The same worker gets the same range in every pass, so memory stays near who reads it.
public struct StaticPartition: RandomAccessCollection, Hashable, Sendable {
    /// How many items are divided.
    public let itemCount: Int
    /// How many ranges there are.
    public let partCount: Int

    /// Divides `itemCount` items (at least 0) into `partCount` ranges (at least 1).
    @inlinable
    public init(itemCount: Int, partCount: Int) {
        precondition(itemCount >= 0 && partCount >= 1)
        self.itemCount = itemCount
        self.partCount = partCount
    }

    /// The first range's number, 0.
    @inlinable public var startIndex: Int { 0 }
    /// The number of ranges.
    @inlinable public var endIndex: Int { partCount }

    /// The items of one worker.
    @inlinable
    public subscript(part: Int) -> Range<Int> {
        precondition(part >= 0 && part < partCount)
        let (size, longer) = itemCount.quotientAndRemainder(dividingBy: partCount)
        let start = part * size + Swift.min(part, longer)
        return start..<(start + size + (part < longer ? 1 : 0))
    }
}
