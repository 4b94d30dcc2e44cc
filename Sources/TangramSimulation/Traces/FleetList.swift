public import TangramDocument

/// A list of nodes as CSV, taken as a fleet: nodes of one model and one number of devices are a pool.
///
/// Two forms are known, both Alibaba's: columns `sn`, `gpu`, `model` (cluster-trace-gpu-v2023) and
/// columns `gpu_model`, `gpu_capacity_num` (cluster-trace-v2026-spot-gpu). A column `dollars_per_hour`
/// may say what a device costs.
public enum FleetList {
    /// The pools, in the order in which their models come first, small nodes before large ones.
    ///
    /// - Throws: ``Diagnostic`` where the file has neither form or a number makes no sense.
    public static func pools<Chunks: IteratorProtocol>(
        _ reader: CSVReader<Chunks>
    ) throws -> [SimulatedPool] where Chunks.Element == [UInt8] {
        let columns: (model: String, count: String)
        if reader.index(of: "gpu_model") != nil, reader.index(of: "gpu_capacity_num") != nil {
            columns = ("gpu_model", "gpu_capacity_num")
        } else if reader.index(of: "model") != nil, reader.index(of: "gpu") != nil {
            columns = ("model", "gpu")
        } else {
            throw Diagnostic(
                file: reader.file, location: Location(line: 1, column: 1),
                message: "no list of nodes: there is neither gpu_model with gpu_capacity_num nor "
                    + "model with gpu",
                note: "the file has \(reader.header.joined(separator: ", "))")
        }
        var reader = reader
        let hasPrices = reader.index(of: "dollars_per_hour") != nil
        var order: [String] = []
        var prices: [String: Double] = [:]
        var counts: [String: [Int: Int]] = [:]
        while let record = try reader.next() {
            let devices = try record.integer(columns.count, in: 0...1_024) ?? 0
            let model = record[columns.model]
            guard devices > 0, !model.isEmpty else { continue }
            if counts[model] == nil { order.append(model) }
            if hasPrices {
                prices[model] = try record.number("dollars_per_hour", in: 0...1_000) ?? 0
            }
            counts[model, default: [:]][devices, default: 0] += 1
        }
        return order.flatMap { model in
            let shapes = counts[model] ?? [:]
            return shapes.sorted { $0.key < $1.key }.map { devices, nodes in
                SimulatedPool(
                    name: shapes.count > 1 ? "\(model)-x\(devices)" : model,
                    deviceCount: devices * nodes, devicesPerNode: devices,
                    dollarsPerDeviceHour: prices[model] ?? 0)
            }
        }
    }
}
