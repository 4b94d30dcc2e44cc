import TangramHardware
import TangramPlacement
import TangramUnits

extension OperatingConditions {
    /// A pool as the simulator sees it, with its failures and slow nodes.
    func simulatedPool(
        _ pool: Pool, deviceCount: Int, settings: ScenarioWorkload.Settings
    ) -> SimulatedPool {
        var result = SimulatedPool(
            name: pool.id, deviceCount: deviceCount, devicesPerNode: pool.acceleratorsPerNode,
            nodesPerDomain: max(1, pool.scaleUp.size / max(1, pool.acceleratorsPerNode)),
            dollarsPerDeviceHour: pool.price?.value ?? 0,
            wattsPerDevice: pool.accelerator.power?.value ?? 0,
            meanHoursBetweenFailures: settings.meanHoursBetweenFailures,
            storageBytesPerSecond: storage?.value ?? settings.storageBytesPerSecond)
        for entry in failures where entry.pools.contains(id: pool.id, labels: pool.labels) {
            result.meanHoursBetweenFailures = entry.every.value / 3_600
            result.meanHoursToRepair = entry.repair.value / 3_600
        }
        for entry in stragglers where entry.pools.contains(id: pool.id, labels: pool.labels) {
            result.meanHoursBetweenStragglers = entry.every.value / 3_600
            result.meanStragglerHours = entry.lasting.value / 3_600
            result.stragglerSpeed = entry.speed
        }
        return result
    }

    /// Both ends of what is known beforehand.
    func poolEvents(_ pools: [SimulatedPool]) -> [PoolEvent] {
        var result: [PoolEvent] = []
        for event in events {
            guard let index = pools.firstIndex(where: { $0.name == event.pool }) else { continue }
            let pool = pools[index]
            let (begin, end): (PoolEvent.Change, PoolEvent.Change)
            switch event.change {
            case .nodesOut(let nodes):
                let devices = min(nodes * pool.devicesPerNode, pool.deviceCount)
                (begin, end) = (.devices(-devices), .devices(devices))
            case .speed(let speed): (begin, end) = (.speed(speed), .speed(1))
            case .price(let price):
                (begin, end) = (
                    .dollarsPerDeviceHour(price.value),
                    .dollarsPerDeviceHour(pool.dollarsPerDeviceHour)
                )
            }
            result.append(PoolEvent(seconds: event.start.value, pool: index, change: begin))
            if let until = event.end {
                result.append(PoolEvent(seconds: until.value, pool: index, change: end))
            }
        }
        return result
    }
}
