import TangramDocument
import TangramHardware
import TangramUnits

/// Reads a pool's `host:`.
enum HostReader {
    static func read(_ cursor: Cursor) -> Host {
        var host = Host()
        guard
            cursor.allowKeys(["sockets", "numa", "pcie", "pcie-link", "switch", "memory", "power"])
        else {
            return host
        }
        if let sockets = cursor.optional("sockets")?.integer(in: 1...16) {
            host.socketCount = sockets
            host.numaNodeCount = sockets
        }
        if let count = cursor.optional("numa")?.integer(in: 1...256) { host.numaNodeCount = count }
        if let layout = cursor.optional("pcie")?.choice(
            Host.PCIeLayout.allCases.map { ($0.rawValue, $0) })
        {
            host.pcie = layout
        }
        host.acceleratorsPerSwitch = cursor.optional("switch")?.integer(in: 1...1_024)
        host.memory = cursor.optional("memory")?.bytes()
        host.power = cursor.optional("power")?.positive(Power.self, upTo: Power(1e6))
        return host
    }
}
