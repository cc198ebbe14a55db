import Synchronization

/// Adds up how far the steps of a file are.
final class FileMeter: Sendable {
    private struct Share {
        var weight: Double
        var fraction = 0.0
    }

    private let shares: Mutex<[String: Share]>
    private let total: Double
    private let report: @Sendable (FileProgress) -> Void

    init(_ pipeline: Pipeline, _ report: @escaping @Sendable (FileProgress) -> Void) {
        let steps = pipeline.ordinarySteps
        self.shares = Mutex(Dictionary(uniqueKeysWithValues: steps.map { ($0.name, Share(weight: $0.weight)) }))
        self.total = steps.reduce(0) { $0 + $1.weight }
        self.report = report
    }

    /// Takes what a step tells.
    ///
    /// - Parameters:
    ///   - step: The step whose share it is.
    ///   - fraction: How far it is; what is no number from 0 to 1 is made one.
    ///   - message: What it does.
    ///   - name: The step that does the work, where another stands in.
    func tell(_ step: String, _ fraction: Double, _ message: String? = nil, by name: String? = nil) {
        let fraction = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
        let sum = self.shares.withLock { shares in
            // A step that is tried again was further before: the file does not go back.
            if let share = shares[step] { shares[step]?.fraction = max(share.fraction, fraction) }
            return shares.values.reduce(0) { $0 + $1.weight * $1.fraction }
        }
        let whole = self.total > 0 ? min(1, sum / self.total) : 0
        self.report(FileProgress(fraction: whole, step: name ?? step, stepFraction: fraction, message: message))
    }
}
