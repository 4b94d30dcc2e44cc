import TangramPlacement

/// Which job has which colour. Where there are more jobs than colours, jobs that do the same with
/// the same model share one.
struct PictureKey {
    /// How an accelerator in use is drawn.
    struct Mark: Hashable {
        /// The colour, an index into the style's.
        var colour: Int
        /// Training is drawn as squares, serving as discs.
        var isTraining: Bool
    }

    /// A job, or jobs that share a colour.
    struct Entry {
        var name: String
        var jobs: [JobPlan]
        var mark: Mark
        var acceleratorCount: Int
    }

    /// What has a colour, training first.
    let entries: [Entry]
    /// Whether an entry is all jobs of one model.
    let isByModel: Bool
    private let marks: [String: Mark]

    /// Colours for the placed jobs of a plan; where colours are too few, the least accelerators
    /// go to "other".
    init(_ context: PlanContext) {
        let placed = context.plan.jobs.filter(\.isPlaced)
        let colourCount = PictureStyle.jobColours.count
        isByModel = placed.count > colourCount
        var groups: [Group] = []
        var positions: [String: Int] = [:]
        for job in placed {
            let isTraining = Self.isTraining(job)
            let name =
                isByModel ? context.job(job.jobID)?.model.id ?? Figures.none : job.jobID
            let position = positions[(isTraining ? "train " : "serve ") + name] ?? groups.count
            positions[(isTraining ? "train " : "serve ") + name] = position
            if position == groups.count { groups.append(Group(name: name, isTraining: isTraining)) }
            groups[position].jobs.append(job)
            groups[position].acceleratorCount += job.acceleratorCount
        }
        var order = groups.indices.sorted {
            let (a, b) = (groups[$0].acceleratorCount, groups[$1].acceleratorCount)
            return a == b ? $0 < $1 : a > b
        }
        let rest = order.dropFirst(colourCount).sorted()
        order = order.prefix(colourCount).sorted {
            groups[$0].isTraining == groups[$1].isTraining ? $0 < $1 : groups[$0].isTraining
        }
        var entries: [Entry] = []
        for (colour, index) in order.enumerated() {
            entries.append(groups[index].entry(colour))
        }
        for isTraining in [true, false] {
            var other = Group(name: "other", isTraining: isTraining)
            for index in rest where groups[index].isTraining == isTraining {
                other.jobs += groups[index].jobs
                other.acceleratorCount += groups[index].acceleratorCount
            }
            guard !other.jobs.isEmpty else { continue }
            entries.append(
                other.entry(
                    isTraining ? PictureStyle.otherTraining : PictureStyle.otherServing))
        }
        self.entries = entries
        var marks: [String: Mark] = [:]
        for entry in entries { for job in entry.jobs { marks[job.jobID] = entry.mark } }
        self.marks = marks
    }

    /// How accelerators of `job` are drawn.
    func mark(_ job: JobPlan) -> Mark {
        marks[job.jobID] ?? Mark(colour: PictureStyle.otherServing, isTraining: false)
    }

    private static func isTraining(_ job: JobPlan) -> Bool {
        switch job.placements.first?.work {
        case .train?: true
        case .table(let entry)?: entry.load == nil
        default: false
        }
    }

    private struct Group {
        var name: String
        var isTraining: Bool
        var jobs: [JobPlan] = []
        var acceleratorCount = 0

        func entry(_ colour: Int) -> Entry {
            Entry(
                name: name, jobs: jobs, mark: Mark(colour: colour, isTraining: isTraining),
                acceleratorCount: acceleratorCount)
        }
    }
}
