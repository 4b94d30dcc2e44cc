import Tangram

/// Names of strategies as they are given on the command line.
package enum StrategyNames {
    /// A name that no strategy has.
    package struct Unknown: Error, CustomStringConvertible {
        let name: String
        let known: [String]

        package var description: String {
            let near = nearest(to: name, among: known)
            let hint = near.map { "did you mean \"\($0)\"? " } ?? ""
            return "--strategies \"\(name)\": there is no such strategy; \(hint)"
                + "There are \(known.joined(separator: ", "))"
        }
    }

    /// Every name that there is: of strategies over time and of policies that pack pods.
    package static var known: [String] {
        let packing = PackingPolicy.allCases.map(\.rawValue)
        let names = StrategyCatalogue.names
        return names + packing.filter { !names.contains($0) }
    }

    /// The names in `arguments`, each of which may hold several parted by commas; each once, in order.
    package static func parse(_ arguments: [String]) throws(Unknown) -> [String] {
        let known = known
        var result: [String] = []
        for argument in arguments {
            for part in argument.split(separator: ",") {
                let name = part.trimmingPrefix { $0 == " " }.description
                guard !name.isEmpty else { continue }
                guard known.contains(name) else { throw Unknown(name: name, known: known) }
                if !result.contains(name) { result.append(name) }
            }
        }
        return result
    }

    /// A line for each strategy: its name and the paper that it is from.
    package static var sources: String {
        StrategyCatalogue.all(prices: []).map { "  \($0.name): \($0.source)" }
            .joined(separator: "\n")
    }
}
