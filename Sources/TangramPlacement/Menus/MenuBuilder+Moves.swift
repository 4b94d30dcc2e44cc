import TangramHardware
import TangramUnits

/// Jobs that run already: staying where they are costs nothing, moving does.
extension MenuBuilder {
    /// Accelerators that the job holds on `part` now, where it is there alone and whole.
    func currentCount(_ job: Job, _ part: Int) -> Int? {
        guard job.placed.count == 1, let place = job.placed.first,
            scenario.cluster.pools[parts[part].poolIndex].id == place.poolID,
            place.nodes.allSatisfy({ parts[part].holds($0.node) })
        else { return nil }
        return place.acceleratorCount
    }

    /// Marks options that keep a job where it is, and what is lost by the others.
    func weighMoves(_ menus: [JobMenu]) -> [JobMenu] {
        guard let first = menus.first else { return menus }
        let job = scenario.jobs[first.jobIndex]
        guard !job.placed.isEmpty else { return menus }
        let share = scenario.migration?.share ?? 0
        // Shares of one demand keep one place each, in order.
        return menus.enumerated().map { index, menu in
            var menu = menu
            let place = job.placed.indices.contains(index) ? job.placed[index] : nil
            menu.current = place
            for option in menu.options.indices {
                let isCurrent = place.map { keeps(menu.options[option], $0) } ?? false
                menu.options[option].isCurrent = isCurrent
                menu.options[option].moveShare = isCurrent || place == nil ? 0 : share
            }
            return menu
        }
    }

    /// Whether an option is what runs at `place`: as many accelerators of the same part, laid out as
    /// its limits want.
    private func keeps(_ option: MenuOption, _ place: CurrentPlacement) -> Bool {
        guard option.parts.count == 1, let taken = option.parts.first,
            taken.acceleratorCount == place.acceleratorCount
        else { return false }
        let part = parts[taken.part]
        let pool = scenario.cluster.pools[part.poolIndex]
        guard pool.id == place.poolID, place.nodes.allSatisfy({ part.holds($0.node) }) else {
            return false
        }
        let perNode = part.group.acceleratorsPerNode
        var held: [Int: Int] = [:]
        for entry in place.nodes { held[entry.node, default: 0] += entry.accelerators.count }
        // Replicas of a part of a node lie within nodes, larger ones on whole nodes of a domain.
        if taken.unit < perNode {
            guard held.values.allSatisfy({ $0 % taken.unit == 0 }) else { return false }
        } else {
            guard held.values.allSatisfy({ $0 == perNode }) else { return false }
            guard part.nodesPerDomain == 1 || isWithinDomains(held.keys, part, unit: taken.unit)
            else { return false }
        }
        return taken.limits.allSatisfy { limit in
            var counts: [Int: Int] = [:]
            for (node, count) in held {
                counts[limit.domain.index(ofNode: node, in: pool), default: 0] +=
                    max(1, count / taken.unit)
            }
            return counts.values.allSatisfy { $0 <= limit.most }
        }
    }

    /// Whether nodes come to whole replicas in each scale-up domain.
    private func isWithinDomains(
        _ nodes: some Sequence<Int>, _ part: PoolPart, unit: Int
    ) -> Bool {
        var counts: [Int: Int] = [:]
        for node in nodes { counts[node / part.nodesPerDomain, default: 0] += 1 }
        let perUnit = min(unit / part.group.acceleratorsPerNode, part.nodesPerDomain)
        return counts.values.allSatisfy { $0 % max(1, perUnit) == 0 }
    }
}

extension PoolPart {
    /// Whether the part has this node of the pool.
    func holds(_ node: Int) -> Bool {
        var (low, high) = (0, nodes.count)
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle] < node { low = middle + 1 } else { high = middle }
        }
        return low < nodes.count && nodes[low] == node
    }
}
