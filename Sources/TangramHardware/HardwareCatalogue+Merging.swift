public import TangramDocument

extension HardwareCatalogue {
    /// The keys of a document that ``merge(_:)`` reads.
    public static let documentKeys = ["accelerators", "links", "efficiency", "collectives"]

    /// Adds to or overrides entries by those of a user's document.
    ///
    /// `cursor` stands at a mapping with any of ``documentKeys``, each a list; other keys are not
    /// looked at. An entry whose id (or, for an accelerator, alias) is known overrides only the
    /// fields it names; a new one needs all required fields. An entry with an error is reported to
    /// the cursor's collector and leaves the catalogue as it was.
    public mutating func merge(_ cursor: Cursor) { merge(cursor, isShipped: false) }

    mutating func merge(_ cursor: Cursor, isShipped: Bool) {
        guard cursor.entries() != nil else { return }
        var changed: Set<String> = []
        for item in cursor.list("efficiency") {
            if let name = mergeProfile(item, isShipped: isShipped) { changed.insert(name) }
        }
        for item in cursor.list("links", distinct: "id") { mergeLink(item, isShipped: isShipped) }
        for item in cursor.list("collectives") { mergeFit(item) }
        for item in cursor.list("accelerators", distinct: "id") {
            mergeAccelerator(item, isShipped: isShipped)
        }
        if !isShipped { refreshProfiles(of: changed) }
    }

    // MARK: One entry

    private mutating func mergeProfile(_ item: Cursor, isShipped: Bool) -> String? {
        guard let name = item.required("architecture")?.string() else { return nil }
        let index = profileIndices[name]
        let base = index.map { profileNodes[$0] }
        let node = isShipped ? item.node : item.laid(over: base, named: name)
        guard let profile = item.at(node).whole({ EfficiencyProfile($0) }) else { return nil }
        if let index {
            efficiencyProfiles[index] = profile
            profileNodes[index] = node
        } else {
            profileIndices[name] = efficiencyProfiles.count
            efficiencyProfiles.append(profile)
            profileNodes.append(node)
        }
        return name
    }

    private mutating func mergeLink(_ item: Cursor, isShipped: Bool) {
        guard let id = item.required("id")?.string() else { return }
        let index = linkIndices[id]
        let node = isShipped ? item.node : item.laid(over: index.map { linkNodes[$0] }, named: id)
        // Fits describe the link as it was measured, not as the user says it is.
        let invalidating = ["bandwidth", "per-peer", "efficiency", "latency", "topology"]
        let keepsFits = !invalidating.contains { item.node[$0] != nil }
        let fits = keepsFits ? index.map { links[$0].fits } ?? [] : []
        guard let link = item.at(node).whole({ Link($0, fits: fits) }) else { return }
        if let index {
            links[index] = link
            linkNodes[index] = node
        } else {
            linkIndices[id] = links.count
            links.append(link)
            linkNodes.append(node)
        }
    }

    private mutating func mergeFit(_ item: Cursor) {
        guard let fit = item.whole({ CollectiveFit($0) }),
            let id = item.required("link")?.choice(linkNames.map { ($0, $0) }),
            let index = linkIndices[id]
        else { return }
        links[index].fits.removeAll { $0.measuresSame(as: fit) }
        links[index].fits.append(fit)
    }

    private mutating func mergeAccelerator(_ item: Cursor, isShipped: Bool) {
        guard let id = item.required("id")?.string() else { return }
        let index = acceleratorIndices[id]
        var node = item.node
        if !isShipped {
            var base = index.map { acceleratorNodes[$0] }
            if item.node["memory"] != nil && item.node["usable-memory"] == nil {
                base = base?.removing("usable-memory").removing("memory-note")
            }
            node = item.laid(over: base, named: index.map { accelerators[$0].id } ?? id)
        }
        let accelerator = item.at(node).whole {
            Accelerator($0, efficiency: efficiency(of: $0), linkNames: linkNames)
        }
        guard let accelerator else { return }
        for name in [accelerator.id] + accelerator.aliases {
            if let other = acceleratorIndices[name], other != index {
                item.fail("the name \"\(name)\" already means \"\(accelerators[other].id)\"")
                return
            }
        }
        if let index {
            for alias in accelerators[index].aliases { acceleratorIndices[alias] = nil }
            accelerators[index] = accelerator
            acceleratorNodes[index] = node
        } else {
            accelerators.append(accelerator)
            acceleratorNodes.append(node)
        }
        for name in [accelerator.id] + accelerator.aliases {
            acceleratorIndices[name] = index ?? accelerators.count - 1
        }
    }

    // MARK: Efficiency

    /// The profile of the architecture that the accelerator under `cursor` names, with what the
    /// entry itself says laid over it.
    private func efficiency(of cursor: Cursor) -> EfficiencyProfile? {
        guard let named = cursor.optional("architecture"), let architecture = named.string() else {
            return nil
        }
        let base = profileIndices[architecture].map { profileNodes[$0] }
        if let own = cursor.optional("efficiency") {
            let name = DocumentNode.scalar(architecture)
            let node = (base ?? DocumentNode(.mapping([]))).merging(own.node)
                .merging(DocumentNode(.mapping([.init(key: "architecture", value: name)])))
            return EfficiencyProfile(
                Cursor(
                    DocumentNode(node.content, location: own.node.location), path: own.path,
                    collector: cursor.collector))
        }
        guard let index = profileIndices[architecture] else {
            let names = efficiencyProfiles.map(\.architecture)
            named.fail(
                "no efficiency profile for the architecture \"\(architecture)\"",
                note: nearest(to: architecture, among: names).map { "did you mean \"\($0)\"?" }
                    ?? "name a known one, or add \"efficiency\" to the entry")
            return nil
        }
        var profile = efficiencyProfiles[index]
        // Whoever states a profile of his own knows better than curves measured elsewhere.
        if profile == shippedProfiles[architecture], let id = cursor.optional("id")?.string() {
            profile.curves =
                OperatorCurveTable.table(acceleratorID: id, architecture: architecture)
                ?? profile.inheritedFrom.flatMap {
                    OperatorCurveTable.table(acceleratorID: id, architecture: $0)
                }
            if let measured = profile.curves?.relativeUncertainty(acceleratorID: id) {
                profile.relativeUncertainty = measured
            }
        }
        return profile
    }

    /// Reads the accelerators of `architectures` again after their profiles changed.
    private mutating func refreshProfiles(of architectures: Set<String>) {
        for index in accelerators.indices
        where architectures.contains(accelerators[index].architecture) {
            let cursor = Cursor(
                acceleratorNodes[index], collector: DiagnosticCollector(file: "catalogue"))
            guard let profile = efficiency(of: cursor) else { continue }
            accelerators[index].efficiency = profile.covering(accelerators[index].peaks.keys)
        }
    }
}
