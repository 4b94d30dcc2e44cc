import TangramDocument
import TangramHardware
import TangramPlacement
import TangramUnits

/// Reads `simulation:`.
struct ConditionsReader {
    let cluster: Cluster?
    let names: DeclaredNames

    /// The longest time that is accepted, as for `horizon`.
    private static let longest = Seconds.day * 3_660

    func read(_ cursor: Cursor) -> OperatingConditions {
        guard cursor.allowKeys(["storage", "traffic", "failures", "stragglers", "events"]) else {
            return OperatingConditions()
        }
        return OperatingConditions(
            storage: cursor.optional("storage")?.positive(
                Bandwidth.self, upTo: Bandwidth(1e15)),
            traffic: cursor.optional("traffic").flatMap(traffic),
            failures: cursor.optional("failures")?.items()?.compactMap(failures) ?? [],
            stragglers: cursor.optional("stragglers")?.items()?.compactMap(stragglers) ?? [],
            events: cursor.optional("events")?.items()?.compactMap(event) ?? [])
    }

    private func traffic(_ cursor: Cursor) -> OperatingConditions.TrafficSwing? {
        guard cursor.allowKeys(["swing", "peak", "headroom"]) else { return nil }
        let swing = cursor.required("swing")?.fraction()
        let peak =
            cursor.optional("peak").map { $0.quantity(Seconds.self, in: .zero...Seconds.day) }
            ?? Seconds.day / 2
        let headroom = cursor.optional("headroom").map { $0.fraction(to: 10) } ?? 0.1
        guard let swing, let peak, let headroom else { return nil }
        return OperatingConditions.TrafficSwing(swing: swing, peak: peak, headroom: headroom)
    }

    private func failures(_ cursor: Cursor) -> OperatingConditions.Failures? {
        guard cursor.allowKeys(["pools", "labels", "every", "repair"]) else { return nil }
        let pools = self.pools(cursor)
        let every = cursor.required("every")?.positive(Seconds.self, upTo: Self.longest)
        let repair =
            cursor.optional("repair").map { $0.positive(Seconds.self, upTo: Self.longest) }
            ?? Seconds.hour * 4
        guard let every, let repair else { return nil }
        return OperatingConditions.Failures(pools: pools, every: every, repair: repair)
    }

    private func stragglers(_ cursor: Cursor) -> OperatingConditions.Stragglers? {
        guard cursor.allowKeys(["pools", "labels", "every", "lasting", "speed"]) else { return nil }
        let pools = self.pools(cursor)
        let every = cursor.required("every")?.positive(Seconds.self, upTo: Self.longest)
        let lasting = cursor.required("lasting")?.positive(Seconds.self, upTo: Self.longest)
        let speed = cursor.required("speed")?.fraction(above: 0)
        guard let every, let lasting, let speed else { return nil }
        return OperatingConditions.Stragglers(
            pools: pools, every: every, lasting: lasting, speed: speed)
    }

    private func pools(_ cursor: Cursor) -> OperatingConditions.Pools {
        let ids = cursor.optional("pools")?.itemsOrSelf() ?? []
        let labels = cursor.optional("labels")?.itemsOrSelf() ?? []
        return OperatingConditions.Pools(
            ids: ids.compactMap(pool),
            labels: labels.compactMap { item in
                guard let name = item.string() else { return nil }
                guard names.sets.labels.contains(name) else {
                    item.failUnknown("label", name, among: names.sets.labels.sorted())
                    return nil
                }
                return name
            })
    }

    private func pool(_ cursor: Cursor) -> String? {
        guard let name = cursor.string() else { return nil }
        guard let cluster else { return name }
        guard cluster.pools.contains(where: { $0.id == name }) else {
            cursor.failUnknown("pool", name, among: cluster.pools.map(\.id))
            return nil
        }
        return name
    }

    private func event(_ cursor: Cursor) -> OperatingConditions.Event? {
        guard cursor.allowKeys(["pool", "from", "until", "nodes-out", "speed", "price"]) else {
            return nil
        }
        let pool = cursor.required("pool").flatMap(self.pool)
        let start = cursor.required("from")?.quantity(Seconds.self, in: .zero...Self.longest)
        let end = cursor.optional("until")?.quantity(Seconds.self, in: .zero...Self.longest)
        if let start, let end, end <= start {
            cursor.optional("until")?.fail("is not after \"from\"")
        }
        let changes = ["nodes-out", "speed", "price"].filter { cursor.optional($0) != nil }
        guard changes.count == 1 else {
            cursor.fail(
                changes.isEmpty ? "nothing happens" : "too much happens at once",
                note: "give one of nodes-out, speed and price")
            return nil
        }
        guard let pool, let start, let change = change(cursor, pool) else { return nil }
        return OperatingConditions.Event(pool: pool, start: start, end: end, change: change)
    }

    private func change(_ cursor: Cursor, _ pool: String) -> OperatingConditions.Event.Change? {
        if let nodes = cursor.optional("nodes-out") {
            let there = cluster?.pools.first { $0.id == pool }?.nodeCount ?? 1_000_000
            return nodes.integer(in: 1...max(1, there)).map { .nodesOut($0) }
        }
        if let speed = cursor.optional("speed") {
            return speed.fraction().map { .speed($0) }
        }
        return cursor.optional("price")?.quantity(MoneyRate.self, in: .zero...MoneyRate(1_000))
            .map { .price($0) }
    }
}
