import TangramUnits

extension ListStrategy {
    /// Where the job at a position goes of what is free, nil where nothing has room.
    mutating func place(
        _ position: Int, _ state: ClusterState, _ rooms: [NodeRoom], _ sizes: [(Int, Int)]
    ) -> Int? {
        let record = state.jobs[position].record
        let now = state.jobs[position].option
        if fit == .random {
            let fitting = record.job.placeableOptions.filter {
                record.job.options[$0].hasRoom(in: rooms)
            }
            if let now, fitting.contains(now) { return now }
            return fitting.isEmpty ? nil : fitting[generator.index(below: fitting.count)]
        }
        var best: (value: Double, option: Int)?
        for index in record.job.placeableOptions
        where record.job.options[index].hasRoom(in: rooms) {
            // Going elsewhere for no reason would only cost.
            if fit != .fastest, index == now { return index }
            let value: Double
            switch fit {
            case .first: value = Double(record.job.options[index].pool)
            case .best:
                value = record.job.options[index].shares.reduce(0) {
                    $0 + Self.rest($1, rooms[$1.pool])
                }
            case .fastest:
                let switching =
                    index == now ? 0 : state.switchSeconds(state.jobs[position], to: index)
                value =
                    state.jobs[position].remainingWork / record.job.options[index].rate
                    + switching
            case .leastFragmentation:
                value = record.job.options[index].shares.reduce(0) {
                    $0 + Self.growth($1, rooms[$1.pool], sizes)
                }
            case .random: value = 0
            }
            if value < best?.value ?? .infinity { best = (value, index) }
        }
        return best?.option
    }

    /// Which nodes of the pool a job takes.
    mutating func nodeChoice(
        _ share: PoolShare, _ room: NodeRoom, _ sizes: [(Int, Int)]
    ) -> NodeChoice {
        guard room.isByNode else { return .first }
        switch fit {
        case .first: return .first
        case .best, .fastest: return .tightest
        case .random: return .drawn(generator.unit())
        case .leastFragmentation:
            let (size, node) = (Self.part(share.unit, room.devicesPerNode), room.devicesPerNode)
            return .cheapest(
                (0...node).map { free in
                    free >= size
                        ? Double(
                            Self.fragment(free - size, node, sizes)
                                - Self.fragment(free, node, sizes))
                        : 0
                })
        }
    }

    /// Units of the gangs that there are, with how many there are of each.
    static func sizes(_ state: ClusterState) -> [(Int, Int)] {
        var counts: [Int: Int] = [:]
        for group in state.waiting.groups {
            guard let first = group.shape.places.first else { continue }
            counts[first.unit, default: 0] += group.liveCount
        }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What a block takes of a node that it does not take whole; all of one where it takes only whole
    /// ones.
    private static func part(_ unit: Int, _ devicesPerNode: Int) -> Int {
        let rest = unit % devicesPerNode
        return rest > 0 ? rest : devicesPerNode
    }

    /// Room that is left: on the node that fits tightest, then in the pool.
    private static func rest(_ share: PoolShare, _ room: NodeRoom) -> Double {
        let inPool = Double(room.freeCount - share.deviceCount)
        guard room.isByNode else { return inPool }
        let size = part(share.unit, room.devicesPerNode)
        let level = room.levels(atLeast: size).first ?? room.devicesPerNode
        // A device on the node weighs more than any pool.
        return Double(level - size) * 1e9 + inPool
    }

    /// By how much more room, counted over the gangs that there are, is of no use after `share` is
    /// taken (after FGD, §4). Where nodes are told apart it is what is free on nodes where such a gang
    /// has no room; else F = Σ over sizes of the number of such gangs × (free mod size).
    private static func growth(
        _ share: PoolShare, _ room: NodeRoom, _ sizes: [(Int, Int)]
    ) -> Double {
        guard room.isByNode else {
            let (before, after) = (room.freeCount, room.freeCount - share.deviceCount)
            return Double(sizes.reduce(0) { $0 + $1.1 * (after % $1.0 - before % $1.0) })
        }
        let node = room.devicesPerNode
        let size = part(share.unit, node)
        let least = room.levels(atLeast: size).map {
            fragment($0 - size, node, sizes) - fragment($0, node, sizes)
        }.min()
        return Double(least ?? 0)
    }

    /// What is of no use of so many free devices of a node, counted over the gangs that there are.
    private static func fragment(
        _ free: Int, _ devicesPerNode: Int, _ sizes: [(Int, Int)]
    ) -> Int {
        sizes.reduce(0) { $0 + (part($1.0, devicesPerNode) > free ? $1.1 * free : 0) }
    }
}

extension RunOption {
    /// Whether all that it takes is free.
    func hasRoom(in rooms: [NodeRoom]) -> Bool {
        guard rooms[pool].hasRoom(deviceCount, unit: unit) else { return false }
        return others.isEmpty
            || others.allSatisfy { rooms[$0.pool].hasRoom($0.deviceCount, unit: $0.unit) }
    }
}
