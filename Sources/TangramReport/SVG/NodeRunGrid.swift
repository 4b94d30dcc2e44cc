import TangramPlacement
import TangramUnits

/// A pool too large to draw accelerator by accelerator: one box per run of nodes, filled from the
/// bottom with what its jobs take.
struct NodeRunGrid {
    private static let box = 14
    private static let pitch = 16

    let occupancy: PoolOccupancy
    /// Nodes of one box.
    let runLength: Int

    /// The shortest run, a power of two, with which all pools together take about `limit` boxes.
    static func runLength(_ pools: [PoolOccupancy], limit: Int = 1_200) -> Int {
        let nodeCount = pools.reduce(0.0) { $0 + Double(max(0, $1.pool.nodeCount)) }
        var length = 1
        while nodeCount / Double(length) > Double(limit) && length < 1 << 40 { length *= 2 }
        return length
    }

    func draw() -> SVGFragment {
        let nodeCount = occupancy.pool.nodeCount
        guard nodeCount > 0 else { return SVGFragment() }
        let boxCount = (nodeCount - 1) / runLength + 1
        let inLine = PictureStyle.innerWidth / Self.pitch
        var paths: [PictureKey.Mark: String] = [:]
        var empty = ""
        for (index, shares) in shares(boxCount).enumerated() {
            let (x, y) = (index % inLine * Self.pitch, index / inLine * Self.pitch)
            empty += AcceleratorGrid.rectangle(x, y, width: Self.box, height: Self.box)
            let nodes = min(runLength, nodeCount - index * runLength)
            let whole = Double(nodes) * Double(occupancy.perNode)
            // Heights are rounded as running sums, so that a full box is full.
            var sum = 0.0
            var bottom = 0
            for (mark, count) in shares.sorted(by: { Self.order($0.key) < Self.order($1.key) }) {
                sum += Double(count) / whole
                let top = Int((min(1, sum) * Double(Self.box)).rounded())
                guard top > bottom else { continue }
                paths[mark, default: ""] += AcceleratorGrid.rectangle(
                    x, y + Self.box - top, width: Self.box, height: top - bottom)
                bottom = top
            }
        }
        var text = "<path class=\"g\" d=\"\(empty)\"/>\n"
        for (mark, path) in paths.sorted(by: { Self.order($0.key) < Self.order($1.key) }) {
            text += "<path class=\"j\(mark.colour) q\" d=\"\(path)\"/>\n"
        }
        let lines = (boxCount - 1) / inLine + 1
        return SVGFragment(text: text, height: lines * Self.pitch - (Self.pitch - Self.box))
    }

    /// Accelerators in use by box and mark.
    private func shares(_ boxCount: Int) -> [[PictureKey.Mark: Int]] {
        var shares = [[PictureKey.Mark: Int]](repeating: [:], count: boxCount)
        for tenant in occupancy.tenants {
            for range in tenant.ranges {
                var node = range.nodes.lowerBound
                while node <= range.nodes.upperBound {
                    let box = node / runLength
                    let last = min(range.nodes.upperBound, box * runLength + runLength - 1)
                    shares[box][tenant.mark, default: 0] +=
                        (last - node + 1) * range.accelerators.count
                    node = last + 1
                }
            }
        }
        return shares
    }

    private static func order(_ mark: PictureKey.Mark) -> Int { mark.colour }
}
