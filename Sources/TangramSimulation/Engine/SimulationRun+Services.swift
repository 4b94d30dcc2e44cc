extension SimulationRun {
    /// Gives every service the smallest option that carries its load with headroom, the largest
    /// that is free where none does.
    mutating func scaleServices() {
        guard !services.isEmpty else { return }
        var free = present
        for index in services.indices {
            guard let load = services[index].job.load else { continue }
            let options = services[index].job.options
            let wanted =
                load.rate(at: state.seconds + ServiceLoad.scalingSeconds / 2)
                * load.headroom
            let fitting = options.indices.filter {
                options[$0].deviceCount <= free[options[$0].pool]
                    && options[$0].rate * speeds[options[$0].pool] > 0
            }
            let enough = fitting.filter {
                options[$0].rate * speeds[options[$0].pool] >= wanted
            }.min { cost(options[$0]) < cost(options[$1]) }
            let choice = enough ?? fitting.max { options[$0].rate < options[$1].rate }
            let isShort =
                choice.map { services[index].heldDevices < options[$0].deviceCount } ?? false
            if choice != services[index].option || isShort {
                changeService(index) { $0.scale(&$1, to: choice) }
            }
            if let choice { free[options[choice].pool] -= options[choice].deviceCount }
        }
    }

    /// Starts or stops replicas; those that stay in their pool go on while others load.
    private mutating func scale(_ service: inout JobState, to choice: Int?) {
        let old = service.option.map { service.job.options[$0] }
        guard let choice else { return closeService(&service) }
        let option = service.job.options[choice]
        var standby = 0.0
        if let old, old.pool == option.pool {
            standby = old.rate * Double(service.heldDevices) / Double(old.deviceCount)
            if old.unit != option.unit {
                loseReplicas(&service, old.pool, devices: service.heldDevices)
            } else if service.heldDevices > option.deviceCount {
                loseReplicas(
                    &service, old.pool, devices: service.heldDevices - option.deviceCount)
            }
            let held = service.heldDevices
            addReplicas(&service, option)
            // Nothing changed: there is no room for what is missing.
            if choice == service.option, held == service.heldDevices { return }
            endSpan(&service, old)
        } else {
            closeService(&service)
            addReplicas(&service, option)
        }
        guard service.heldDevices > 0 else { return }
        service.standbyRate = min(standby, option.rate)
        begin(&service, option, choice)
    }

    /// Takes what a service is short of its option, as far as there is room; jobs make room.
    private mutating func addReplicas(_ service: inout JobState, _ option: RunOption) {
        let pool = option.pool
        guard state.rooms[pool].isByNode else {
            let count = option.deviceCount - service.heldDevices
            state.rooms[pool].addCounted(-count)
            service.heldDevices += count
            serviceDevices[pool] += count
            return
        }
        var block = (service.nodes.map(\.block).max() ?? -1) + 1
        while service.heldDevices < option.deviceCount {
            let size = min(option.unit, option.deviceCount - service.heldDevices)
            guard let shares = takeForService(size, of: pool) else { return }
            service.nodes += shares.map {
                NodeShare(pool: pool, node: $0.node, deviceCount: $0.deviceCount, block: block)
            }
            service.heldDevices += size
            serviceDevices[pool] += size
            block += 1
        }
    }

    /// Nodes for one replica; jobs on the node with the least to clear make room.
    private mutating func takeForService(_ size: Int, of pool: Int) -> [NodeShare]? {
        while true {
            if let shares = state.rooms[pool].take(size, unit: size, .tightest) { return shares }
            let wanted = min(size, state.rooms[pool].devicesPerNode)
            var best: (missing: Int, node: Int)?
            for node in books[pool].upNodes where !books[pool].jobs(on: node).isEmpty {
                let held = books[pool].jobs(on: node).reduce(0) { $0 + devices(of: $1, pool, node) }
                let free = state.rooms[pool].freeOnNode[node]
                guard free < wanted, free + held >= wanted else { continue }
                if wanted - free < best?.missing ?? .max { best = (wanted - free, node) }
            }
            guard let best, let last = books[pool].jobs(on: best.node).max(),
                let position = state.position(ofNumber: last)
            else { return nil }
            send(position)
        }
    }

    private func devices(of number: Int, _ pool: Int, _ node: Int) -> Int {
        guard let position = state.position(ofNumber: number) else { return 0 }
        return state.jobs[position].nodes.reduce(0) {
            $0 + ($1.pool == pool && $1.node == node ? $1.deviceCount : 0)
        }
    }

    /// Stops replicas of so many devices, the last first.
    mutating func loseReplicas(_ service: inout JobState, _ pool: Int, devices: Int) {
        guard state.rooms[pool].isByNode else {
            state.rooms[pool].addCounted(devices)
            service.heldDevices -= devices
            serviceDevices[pool] -= devices
            return
        }
        let target = service.heldDevices - devices
        while service.heldDevices > target, let block = service.nodes.map(\.block).max() {
            loseReplica(&service, pool, block: block)
        }
    }

    /// Stops one replica.
    mutating func loseReplica(_ service: inout JobState, _ pool: Int, block: Int) {
        let lost = service.nodes.filter { $0.block == block }
        service.nodes.removeAll { $0.block == block }
        state.rooms[pool].release(lost)
        let count = lost.reduce(0) { $0 + $1.deviceCount }
        service.heldDevices -= count
        serviceDevices[pool] -= count
    }

    /// What an option costs, or its devices where nothing has a price.
    private func cost(_ option: RunOption) -> Double {
        let price = state.dollarsPerDeviceHour[option.pool]
        return Double(option.deviceCount) * (price > 0 ? price : 1)
    }
}
