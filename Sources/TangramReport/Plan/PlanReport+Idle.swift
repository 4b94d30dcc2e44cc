import TangramPlacement

extension PlanReport {
    /// Why nothing runs on pools that stand idle, one line each: what keeps how many jobs off.
    func idleLines(_ style: TextStyle) -> [String] {
        plan.pools.filter { $0.usedAccelerators == 0 && $0.usableAccelerators > 0 }.map { pool in
            "  idle: \(pool.poolID.printable)" + reasons(pool.poolID)
        }
    }

    private func reasons(_ poolID: String) -> String {
        var policy = 0
        var infeasible = 0
        var elsewhere = 0
        for rejection in plan.jobs.flatMap(\.rejections) where rejection.poolID == poolID {
            switch rejection.reason {
            case .policy: policy += 1
            case .infeasible: infeasible += 1
            case .outbid, .worse: elsewhere += 1
            }
        }
        var parts: [String] = []
        func add(_ count: Int, _ single: String, _ several: String) {
            guard count > 0 else { return }
            parts.append(
                "\(Figures.counted(count, "job")) \(count == 1 ? single : several)")
        }
        add(policy, "is kept off by policy", "are kept off by policy")
        add(infeasible, "does not fit or is too slow", "do not fit or are too slow")
        add(elsewhere, "gains nothing by it", "gain nothing by it")
        return parts.isEmpty ? "" : "; " + parts.joined(separator: ", ")
    }
}
