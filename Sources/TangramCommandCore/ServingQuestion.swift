package import Tangram

/// What an estimate of serving is asked beside the layouts.
package struct ServingQuestion: Sendable {
    /// The percentile that the knee is for.
    package var percentile: Int
    /// Whether prefill and decode apart are compared.
    package var comparesSplit: Bool
    /// Whether the front of throughput against speed is wanted.
    package var wantsFront = false
    /// Where to decode, and on how many; nil for on the same accelerators.
    package var decode: (group: DeviceGroup, count: Int)?

    /// Creates a question.
    package init(percentile: Int = 90, comparesSplit: Bool = false) {
        self.percentile = percentile
        self.comparesSplit = comparesSplit
    }
}
