public import TangramHardware

/// Costs that an embedder has measured or computed himself, in place of our estimator's.
///
/// Give one to ``Planner/init(workers:settings:strategy:costs:)``. It is asked once per job and plan.
/// Policies, tenancies, licences and limits on accelerators are applied to what it offers as to what
/// the estimator offers.
public protocol CostTable: Sendable {
    /// Ways to run `job`; nil leaves the job to the estimator, an empty list says that it fits nowhere.
    func options(for job: Job, in cluster: Cluster) throws -> [CostedOption]?
}
