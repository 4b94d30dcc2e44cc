import TangramCost
import TangramHardware

/// Jobs that are placed together or not at all, as single items of a placement problem.
struct JobGroups {
    private let scenario: Scenario
    private let parts: [PoolPart]
    /// Groups of jobs by index, with the smallest domain that they must share.
    private let groups: [(jobs: [Int], domain: FailureDomain)]
    private let groupOfJob: [Int: Int]

    /// Whether all jobs are placed by themselves.
    var isEmpty: Bool { groups.isEmpty }

    /// Options of one group and pool or site, at most: beyond, those worth least are left out.
    private static let combinationLimit = 2_000

    init(_ scenario: Scenario, parts: [PoolPart]) {
        self.scenario = scenario
        self.parts = parts
        // Rules with a job in common make one group.
        var owner: [Int: Int] = [:]
        var made: [(jobs: Set<Int>, domain: FailureDomain)] = []
        for rule in scenario.affinities where rule.effect == .together {
            var jobs = Set(scenario.jobs.indices.filter { rule.jobs.matches(scenario.jobs[$0]) })
            guard jobs.count > 1 else { continue }
            var domain = rule.domain
            for index in Set(jobs.compactMap { owner[$0] }).sorted() {
                jobs.formUnion(made[index].jobs)
                domain = min(domain, made[index].domain)
                made[index].jobs = []
            }
            for job in jobs { owner[job] = made.count }
            made.append((jobs, domain))
        }
        groups = made.filter { !$0.jobs.isEmpty }.map { ($0.jobs.sorted(), $0.domain) }
        var groupOfJob: [Int: Int] = [:]
        for (index, group) in groups.enumerated() {
            for job in group.jobs { groupOfJob[job] = index }
        }
        self.groupOfJob = groupOfJob
    }

    /// Jobs that cannot run because one that they belong to cannot, with the reason.
    func broken(_ menus: [JobMenu]) -> [(job: Int, reason: String)] {
        var result: [(job: Int, reason: String)] = []
        var isOpen = [Bool](repeating: false, count: scenario.jobs.count)
        for menu in menus where !menu.options.isEmpty { isOpen[menu.jobIndex] = true }
        for group in groups {
            guard let missing = group.jobs.first(where: { !isOpen[$0] }) else { continue }
            for job in group.jobs where job != missing && isOpen[job] {
                result.append(
                    (job, "it runs together with \(scenario.jobs[missing].id), which fits nowhere"))
            }
        }
        return result
    }

    /// One item per menu, or per group of jobs.
    func items(
        _ menus: [JobMenu], _ rows: [[OptionRow]], _ measures: PlanMeasures
    ) -> [(item: PlanModel.Item, rows: [OptionRow])] {
        guard !groups.isEmpty else {
            return zip(menus.indices, rows).map { (PlanModel.Item(menus: [$0]), $1) }
        }
        var menusOfGroup = [[Int]](repeating: [], count: groups.count)
        for (index, menu) in menus.enumerated() {
            if let group = groupOfJob[menu.jobIndex] { menusOfGroup[group].append(index) }
        }
        var done: Set<Int> = []
        var result: [(item: PlanModel.Item, rows: [OptionRow])] = []
        for (index, menu) in menus.enumerated() {
            guard let group = groupOfJob[menu.jobIndex] else {
                result.append((PlanModel.Item(menus: [index]), rows[index]))
                continue
            }
            if done.insert(group).inserted {
                result.append(
                    joint(menusOfGroup[group], menus, rows, measures, groups[group].domain))
            }
        }
        return result
    }

    /// All ways to place the jobs of a group in one domain.
    private func joint(
        _ menus: [Int], _ all: [JobMenu], _ rows: [[OptionRow]], _ measures: PlanMeasures,
        _ domain: FailureDomain
    ) -> (item: PlanModel.Item, rows: [OptionRow]) {
        // What is within a pool shares the pool first; packing sees to the rest.
        let kind: FailureDomain = domain == .site ? .site : .pool
        var names: [String] = []
        for pool in scenario.cluster.pools {
            let name = kind.name(of: pool)
            if !names.contains(name) { names.append(name) }
        }
        // A job that does not count for the least of something does not make it 0.
        let counted = menus.map { menu in
            let own = rows[menu]
            let isOut = measures.measures.indices.map { index in
                measures.measures[index].combination == .least
                    && !own.contains { $0.values[index] > 0 }
            }
            return own.map { row in
                var row = row
                for index in isOut.indices where isOut[index] { row.values[index] = .infinity }
                return row
            }
        }
        var joined: [(choices: [Int], row: OptionRow)] = []
        for name in names {
            var found: [(choices: [Int], row: OptionRow)] = []
            for position in menus.indices {
                let rows = counted[position]
                let options = all[menus[position]].options
                let own = rows.indices.filter { index in
                    options[index].pools(parts).allSatisfy {
                        kind.name(of: scenario.cluster.pools[$0]) == name
                    }
                }
                found =
                    position == 0
                    ? own.map { ([$0], rows[$0]) }
                    : found.flatMap { entry in
                        own.map {
                            (entry.choices + [$0], combine(entry.row, rows[$0], measures))
                        }
                    }
                found = Self.best(found)
            }
            joined += found
        }
        for index in joined.indices {
            joined[index].row.values = joined[index].row.values.map { $0.isFinite ? $0 : 0 }
        }
        joined.sort { Self.isBefore($0, $1) }
        return (
            PlanModel.Item(menus: menus, choices: joined.map(\.choices), domain: domain),
            joined.map(\.row)
        )
    }

    private static func isBefore(
        _ left: (choices: [Int], row: OptionRow), _ right: (choices: [Int], row: OptionRow)
    ) -> Bool {
        for (a, b) in zip(left.row.values, right.row.values) where a != b { return a > b }
        return left.choices.lexicographicallyPrecedes(right.choices)
    }

    private static func best(
        _ found: [(choices: [Int], row: OptionRow)]
    ) -> [(choices: [Int], row: OptionRow)] {
        guard found.count > combinationLimit else { return found }
        return Array(found.sorted(by: isBefore).prefix(combinationLimit))
    }

    private func combine(
        _ left: OptionRow, _ right: OptionRow, _ measures: PlanMeasures
    ) -> OptionRow {
        var row = left
        for (index, measure) in measures.measures.enumerated() {
            row.values[index] =
                measure.combination == .total
                ? left.values[index] + right.values[index]
                : min(left.values[index], right.values[index])
        }
        for use in right.uses {
            if let index = row.uses.firstIndex(where: { $0.resource == use.resource }) {
                row.uses[index].amount += use.amount
            } else {
                row.uses.append(use)
            }
        }
        return row
    }
}
