/// When running jobs will be done, the earliest first: a binary heap.
///
/// A job that stops or changes speed gets a new stamp, which makes its old entry stale; stale entries
/// are dropped when they come to the top, or all at once when most are stale.
struct EndQueue {
    struct Entry {
        var seconds: Double
        /// The job's number in the trace.
        var number: Int
        var stamp: Int
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }
    var first: Entry? { entries.first }

    /// Earlier first; equal times by number, so that runs are the same everywhere.
    private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
        left.seconds != right.seconds
            ? left.seconds < right.seconds : left.number < right.number
    }

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.isBefore(entries[child], entries[parent]) else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        sift(0)
    }

    private mutating func sift(_ start: Int) {
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < entries.count else { return }
            if child + 1 < entries.count, Self.isBefore(entries[child + 1], entries[child]) {
                child += 1
            }
            guard Self.isBefore(entries[child], entries[parent]) else { return }
            entries.swapAt(child, parent)
            parent = child
        }
    }

    mutating func keep(where isFresh: (Entry) -> Bool) {
        entries.removeAll { !isFresh($0) }
        for parent in stride(from: entries.count / 2 - 1, through: 0, by: -1) { sift(parent) }
    }
}
