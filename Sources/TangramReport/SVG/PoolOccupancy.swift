import TangramPlacement

/// What runs on the nodes of one pool.
struct PoolOccupancy {
    /// A job on the pool.
    struct Tenant {
        var jobID: String
        var mark: PictureKey.Mark
        var acceleratorCount: Int
        /// Nodes in as few ranges as they allow, all within the pool.
        var ranges: [NodeRange]
    }

    let pool: Pool
    let perNode: Int
    /// In the order of their first node.
    let tenants: [Tenant]

    /// The pools of a plan, in the scenario's order. What lies outside of its pool is left out.
    static func all(_ context: PlanContext, key: PictureKey) -> [PoolOccupancy] {
        var tenants: [String: [Tenant]] = [:]
        for job in context.plan.jobs {
            for placement in job.placements {
                guard let pool = context.pool(placement.poolID), pool.nodeCount > 0,
                    pool.acceleratorsPerNode > 0
                else { continue }
                let ranges = NodeRange.ranges(placement.nodes).compactMap { range in
                    clamped(range, to: pool)
                }
                guard !ranges.isEmpty else { continue }
                tenants[pool.id, default: []].append(
                    Tenant(
                        jobID: job.jobID, mark: key.mark(job),
                        acceleratorCount: placement.acceleratorCount, ranges: ranges))
            }
        }
        return context.scenario.cluster.pools.map { pool in
            let sorted = (tenants[pool.id] ?? []).enumerated().sorted { left, right in
                let (a, b) = (first(left.element), first(right.element))
                return a == b ? left.offset < right.offset : a < b
            }
            return PoolOccupancy(
                pool: pool, perNode: max(1, pool.acceleratorsPerNode),
                tenants: sorted.map(\.element))
        }
    }

    /// Accelerators of all nodes, as a Double because a product of two counts may not fit an Int.
    var acceleratorCount: Double { Double(max(0, pool.nodeCount)) * Double(perNode) }

    private static func first(_ tenant: Tenant) -> (Int, Int) {
        (tenant.ranges[0].nodes.lowerBound, tenant.ranges[0].accelerators.lowerBound)
    }

    private static func clamped(_ range: NodeRange, to pool: Pool) -> NodeRange? {
        let nodes = 0...(pool.nodeCount - 1)
        let accelerators = 0...(pool.acceleratorsPerNode - 1)
        guard range.nodes.overlaps(nodes), range.accelerators.overlaps(accelerators) else {
            return nil
        }
        return NodeRange(
            nodes: range.nodes.clamped(to: nodes),
            accelerators: range.accelerators.clamped(to: accelerators))
    }
}
