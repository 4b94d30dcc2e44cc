import TangramCost
import TangramHardware
import TangramUnits

/// How accelerators are joined, in words.
enum NetworkText {
    static func describe(_ group: DeviceGroup) -> String {
        let node = "nodes of \(group.acceleratorsPerNode)"
        let inside =
            group.scaleUp.isLoose
            ? "loose cards on \(group.scaleUp.nodeLink.id)"
            : "\(group.scaleUp.link.id) over \(group.scaleUp.size)"
        let fabric = group.scaleOut
        return "\(node), \(inside), \(fabric.nicsPerNode) × \(fabric.link.id)"
    }

    static func links(_ group: DeviceGroup) -> [Link] {
        [group.scaleUp.link, group.scaleOut.link]
    }
}
