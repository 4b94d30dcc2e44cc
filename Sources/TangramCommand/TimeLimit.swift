import ArgumentParser
import Tangram

/// A duration of an option, written `10s`, `500 ms` or `2 min`.
struct TimeLimit: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let seconds = try? Seconds(parsing: argument), seconds.value > 0, seconds.value < 1e9
        else {
            return nil
        }
        duration = .microseconds(Int64((seconds.value * 1e6).rounded()))
    }
}
