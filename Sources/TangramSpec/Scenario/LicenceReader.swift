import TangramDocument
import TangramHardware
import TangramUnits

/// Reads a pool's `licence:`.
struct LicenceReader {
    let date: CalendarDate?
    let hasDate: Bool

    func read(_ cursor: Cursor) -> Licence? {
        guard cursor.allowKeys(["name", "uses", "tenants", "expires", "accelerators"]) else {
            return nil
        }
        var licence = Licence(name: cursor.optional("name")?.words())
        licence.acceleratorLimit = cursor.optional("accelerators")?
            .integer(in: 1...ClusterReader.acceleratorLimit)
        if let uses = cursor.optional("uses") {
            let choices = Licence.Use.allCases.map { ($0.rawValue, $0) }
            licence.uses = Set(uses.itemsOrSelf().compactMap { $0.choice(choices) })
            if case .sequence([]) = uses.node.content {
                uses.fail("a licence without uses permits nothing")
            }
        }
        if let tenants = cursor.optional("tenants") {
            licence.tenants = tenants.strings()
            if licence.tenants?.isEmpty == true { tenants.fail("an empty list lets nobody in") }
        }
        if let expires = cursor.optional("expires"), let last = expires.date() {
            licence.expires = last
            if let date, last < date {
                expires.fail("expired on \(last), before the plan starts on \(date)")
            } else if !hasDate {
                expires.fail(
                    "whether it has expired depends on when the plan starts",
                    note: "add \"date: 2026-11-24\" or another day at the top of the file")
            }
        }
        return licence
    }
}
