/// A physical quantity held as one `Double` in its base unit.
///
/// Conforming types are one-field structs so that no bare number is passed for another: seconds do
/// not add to bytes, and bytes divided by bytes per second give seconds. Only arithmetic with a
/// physical meaning is declared.
public protocol Quantity: Comparable, Hashable, Sendable, AdditiveArithmetic,
    CustomStringConvertible
{
    /// The dimension that unit symbols of this quantity have.
    static var dimension: Dimension { get }
    /// The amount in the base unit of ``dimension``.
    var value: Double { get }
    /// Creates a quantity of `value` base units.
    init(_ value: Double)
}

extension Quantity {
    /// Nothing of it.
    public static var zero: Self { Self(0) }
    /// The sum of two amounts of the same quantity.
    public static func + (left: Self, right: Self) -> Self { Self(left.value + right.value) }
    /// The difference of two amounts of the same quantity.
    public static func - (left: Self, right: Self) -> Self { Self(left.value - right.value) }
    /// The amount scaled by a pure number.
    public static func * (left: Self, right: Double) -> Self { Self(left.value * right) }
    /// The amount scaled by a pure number.
    public static func * (left: Double, right: Self) -> Self { Self(left * right.value) }
    /// The amount divided by a pure number.
    public static func / (left: Self, right: Double) -> Self { Self(left.value / right) }
    /// The ratio of two amounts, a pure number.
    public static func / (left: Self, right: Self) -> Double { left.value / right.value }
    /// The order of the amounts.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    /// The amount with a unit that keeps the number between 1 and 1000, for people.
    public var description: String { Self.dimension.format(value) }
}
