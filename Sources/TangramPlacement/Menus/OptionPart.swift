/// Accelerators of one part of a pool that an option takes.
struct OptionPart: Hashable {
    /// The part, by index.
    var part: Int
    /// Accelerators taken of it.
    var acceleratorCount: Int
    /// Accelerators that must lie together: in a node, or in whole nodes of one domain.
    var unit: Int
    /// What they do in an option over several pools, for people.
    var role: String?
    /// How many units may lie in one node or larger domain.
    var limits: [BlockRules.Limit] = []

    init(_ part: Int, _ acceleratorCount: Int, unit: Int? = nil, role: String? = nil) {
        self.part = part
        self.acceleratorCount = acceleratorCount
        self.unit = min(unit ?? acceleratorCount, acceleratorCount)
        self.role = role
    }
}
