import TangramPlacement
import TangramUnits

/// A pool drawn accelerator by accelerator: nodes side by side, accelerators in columns of four.
struct AcceleratorGrid {
    static let cell = 9
    static let pitch = 11
    static let padding = 3
    static let nodeGap = 3
    private static let rowGap = 6
    private static let rowsInNode = 4

    let occupancy: PoolOccupancy
    let rows: Int
    let nodeWidth: Int
    let nodeHeight: Int
    let nodesInLine: Int

    /// Whether the pool can be drawn so: a node must fit the width.
    static func canDraw(_ occupancy: PoolOccupancy) -> Bool {
        let columns = (occupancy.perNode - 1) / rowsInNode + 1
        return columns <= (PictureStyle.innerWidth - 2 * padding) / pitch
    }

    init(_ occupancy: PoolOccupancy) {
        self.occupancy = occupancy
        let columns = (occupancy.perNode - 1) / Self.rowsInNode + 1
        rows = min(Self.rowsInNode, occupancy.perNode)
        nodeWidth = columns * Self.pitch - (Self.pitch - Self.cell) + 2 * Self.padding
        nodeHeight = rows * Self.pitch - (Self.pitch - Self.cell) + 2 * Self.padding
        nodesInLine = max(
            1, (PictureStyle.innerWidth + Self.nodeGap) / (nodeWidth + Self.nodeGap))
    }

    func draw() -> SVGFragment {
        let nodeCount = occupancy.pool.nodeCount
        guard nodeCount > 0 else { return SVGFragment() }
        var taken = [Bool](repeating: false, count: nodeCount * occupancy.perNode)
        var marks = ""
        for tenant in occupancy.tenants {
            var path = ""
            for range in tenant.ranges {
                for node in range.nodes {
                    for accelerator in range.accelerators {
                        taken[node * occupancy.perNode + accelerator] = true
                        let (x, y) = origin(node, accelerator)
                        path += Self.shape(isTraining: tenant.mark.isTraining, x: x, y: y)
                    }
                }
            }
            let place = NodeRange.text(
                tenant.ranges, acceleratorsPerNode: occupancy.perNode)
            marks += Self.path(path, tenant.mark, title: "\(tenant.jobID): \(place)")
        }
        let lines = (nodeCount - 1) / nodesInLine + 1
        return SVGFragment(
            text: grounds() + idle(taken) + marks + health(),
            height: lines * (nodeHeight + Self.rowGap) - Self.rowGap)
    }

    /// A job's accelerators as one element, with a text that shows under the pointer.
    static func path(_ path: String, _ mark: PictureKey.Mark, title: String) -> String {
        "<path class=\"j\(mark.colour) \(mark.isTraining ? "q" : "o")\" d=\"\(path)\">"
            + "<title>\(SVGText.escape(title))</title></path>\n"
    }

    /// A square of ``cell``, or a disc: a round-ended stroke of next to no length.
    static func shape(isTraining: Bool, x: Int, y: Int) -> String {
        isTraining
            ? "M\(x) \(y)h\(cell)v\(cell)h-\(cell)z"
            : "M\(x + cell / 2).5 \(y + cell / 2).5h.01"
    }

    // MARK: Places

    func corner(_ node: Int) -> (x: Int, y: Int) {
        (
            node % nodesInLine * (nodeWidth + Self.nodeGap),
            node / nodesInLine * (nodeHeight + Self.rowGap)
        )
    }

    func origin(_ node: Int, _ accelerator: Int) -> (x: Int, y: Int) {
        let corner = corner(node)
        return (
            corner.x + Self.padding + accelerator / rows * Self.pitch,
            corner.y + Self.padding + accelerator % rows * Self.pitch
        )
    }
}
