import ArgumentParser
import Purser

/// A duration on the command line, such as `90s` or `5m`: longer than nothing.
struct DurationArgument: ExpressibleByArgument, Sendable, Hashable {
    /// How long.
    var duration: Duration

    init?(argument: String) {
        guard let duration = DurationText.parse(argument), duration > .zero else { return nil }
        self.duration = duration
    }
}
