/// The steps of an operation and which of them is at work.
struct StepPlan: Sendable {
    private(set) var steps: [OperationStep] = []
    /// The step at work; may be one that was not announced.
    private(set) var current: String?
    /// Its place among the announced.
    private(set) var index: Int?
    /// What the operation itself said of the step.
    private var reported: Double?
    /// The bytes that were done when the step began.
    private var bytesAtBegin: Int64 = 0

    mutating func announce(_ steps: [OperationStep]) {
        self.steps = steps
        self.index = self.current.flatMap { name in steps.firstIndex { $0.name == name } }
    }

    /// Begins a step.
    ///
    /// Returns whether that changed the step.
    ///
    /// A name that was not announced shows as the step, and adds nothing to the whole.
    mutating func begin(_ name: String, bytesDone: Int64) -> Bool {
        guard name != self.current else { return false }
        // Names may repeat: the next of that name is meant, and only else an earlier one.
        let following = self.index.map { $0 + 1 } ?? 0
        self.index =
            self.steps.indices.dropFirst(following).first { self.steps[$0].name == name }
            ?? self.steps.firstIndex { $0.name == name }
        self.current = name
        self.reported = nil
        self.bytesAtBegin = bytesDone
        return true
    }

    mutating func report(_ fraction: Double) {
        self.reported = min(max(fraction, 0), 1)
    }

    /// How much of the step at work is done: as reported, else by the bytes moved since it began.
    func stepFraction(bytesDone: Int64, bytesTotal: Int64?) -> Double? {
        if let reported { return reported }
        guard let bytesTotal, bytesDone > self.bytesAtBegin, bytesTotal > self.bytesAtBegin else { return nil }
        let base = Double(self.bytesAtBegin)
        return min((Double(bytesDone) - base) / (Double(bytesTotal) - base), 1)
    }

    /// How much of the whole is done: the steps before this one, and of this one its part.
    ///
    /// Without announced steps the step at work is the whole.
    func fraction(bytesDone: Int64, bytesTotal: Int64?) -> Double {
        let part = self.stepFraction(bytesDone: bytesDone, bytesTotal: bytesTotal) ?? 0
        guard !self.steps.isEmpty else { return part }
        guard let index else { return 0 }
        let whole = self.steps.reduce(0) { $0 + $1.share }
        guard whole > 0 else { return 0 }
        let before = self.steps.prefix(index).reduce(0) { $0 + $1.share }
        return min((before + self.steps[index].share * part) / whole, 1)
    }
}
