/// Jobs that wait, grouped by what they can be placed on.
///
/// Jobs of one group fit or do not fit together, so whoever walks the queue can leave a whole group
/// out once its first job has no room. Groups without live jobs are dropped: memory follows the jobs
/// that are there.
struct WaitingQueue {
    /// What a job can be placed on.
    struct Shape: Hashable {
        /// Devices on a pool.
        struct Place: Hashable {
            var pool: Int
            /// Devices of the option of the best rate per device.
            var deviceCount: Int
            /// Those of them that must lie together.
            var unit: Int
            /// Fewest devices of any option.
            var fewest: Int
            /// Those of them that must lie together.
            var fewestUnit: Int
        }
        var places: [Place]
        /// What it takes of several pools at once.
        var joint: [[PoolShare]]
    }

    struct Group {
        var shape: Shape
        /// Jobs of this shape that are not done, waiting or not.
        var liveCount = 0
        /// Numbers of those that wait, ascending, from `head` on.
        fileprivate var numbers: [Int] = []
        fileprivate var head = 0

        var isEmpty: Bool { head == numbers.count }
        var waitingCount: Int { numbers.count - head }
        /// The number of the waiting job at a place in the queue.
        func number(_ place: Int) -> Int { numbers[head + place] }

        /// The place in `numbers` at or after which `number` stands.
        fileprivate func place(of number: Int) -> Int {
            var (low, high) = (head, numbers.count)
            while low < high {
                let middle = (low + high) / 2
                if numbers[middle] < number { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private(set) var groups: [Group] = []
    private var known: [Shape: Int] = [:]
    private var unused: [Int] = []
    private(set) var count = 0

    /// A new job, which waits; the group that it is in.
    mutating func admit(_ job: SimulatedJob, number: Int) -> Int {
        let shape = Shape(job)
        let group: Int
        if let old = known[shape] {
            group = old
        } else if let old = unused.popLast() {
            group = old
            groups[old] = Group(shape: shape)
            known[shape] = old
        } else {
            group = groups.count
            groups.append(Group(shape: shape))
            known[shape] = group
        }
        groups[group].liveCount += 1
        insert(number, group: group)
        return group
    }

    /// A job waits again.
    mutating func insert(_ number: Int, group: Int) {
        count += 1
        if let last = groups[group].numbers.last, last > number {
            groups[group].numbers.insert(number, at: groups[group].place(of: number))
        } else {
            groups[group].numbers.append(number)
        }
    }

    /// A job waits no longer.
    mutating func remove(_ number: Int, group: Int) {
        let place = groups[group].place(of: number)
        guard place < groups[group].numbers.count, groups[group].numbers[place] == number else {
            return
        }
        count -= 1
        if place == groups[group].head {
            groups[group].head += 1
            // Half of the array being gone pays for moving the rest.
            if groups[group].head * 2 > groups[group].numbers.count {
                groups[group].numbers.removeFirst(groups[group].head)
                groups[group].head = 0
            }
        } else {
            groups[group].numbers.remove(at: place)
        }
    }

    /// A job is done; it does not wait.
    mutating func forget(group: Int) {
        groups[group].liveCount -= 1
        guard groups[group].liveCount == 0 else { return }
        known[groups[group].shape] = nil
        groups[group].numbers = []
        groups[group].head = 0
        unused.append(group)
    }

    /// Whether a job waits that can run on a pool but not on what is free of it, for being so few
    /// devices or for lying apart.
    func isTooLarge(pool: Int, free: Int, _ room: NodeRoom) -> Bool {
        groups.contains { group in
            !group.isEmpty
                && group.shape.places.contains { place in
                    place.pool == pool
                        && (place.fewest > free
                            || (room.isByNode
                                && !room.hasRoom(place.fewest, unit: place.fewestUnit)))
                }
        }
    }
}

extension WaitingQueue.Shape {
    init(_ job: SimulatedJob) {
        places = job.rigidOptions.map { index in
            let rigid = job.options[index]
            var fewest = rigid
            for option in job.options
            where option.pool == rigid.pool && option.rate > 0 && option.others.isEmpty
                && option.deviceCount < fewest.deviceCount
            {
                fewest = option
            }
            return Place(
                pool: rigid.pool, deviceCount: rigid.deviceCount, unit: rigid.unit,
                fewest: fewest.deviceCount, fewestUnit: fewest.unit)
        }
        joint = job.jointOptions.map { job.options[$0].shares }
    }
}
