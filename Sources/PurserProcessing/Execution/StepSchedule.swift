/// Which step is next: each once, after those that it needs, so many at the same time.
struct StepSchedule {
    /// Steps that wait, by their numbers, with those that they still wait for.
    private var waiting: [Int: Set<Int>]
    /// How many may run at the same time.
    private let limit: Int
    /// Steps that run.
    private(set) var running: Set<Int> = []

    /// Begins with none running.
    ///
    /// - Parameters:
    ///   - needs: For each step the numbers of those that it needs; without a cycle.
    ///   - limit: Steps at the same time; at least 1.
    init(needs: [[Int]], limit: Int) {
        self.waiting = Dictionary(uniqueKeysWithValues: needs.enumerated().map { ($0, Set($1)) })
        self.limit = max(1, limit)
    }

    /// Whether all have ended.
    var isDone: Bool { self.waiting.isEmpty && self.running.isEmpty }

    /// Begins what can begin; those that stand first come first.
    mutating func takeReady() -> [Int] {
        var taken: [Int] = []
        for step in self.waiting.keys.sorted() where self.running.count < self.limit {
            guard let needs = self.waiting[step], needs.isEmpty else { continue }
            self.waiting[step] = nil
            self.running.insert(step)
            taken.append(step)
        }
        return taken
    }

    /// Ends a step: those that waited for it wait no longer, whatever became of it.
    mutating func end(_ step: Int) {
        self.running.remove(step)
        for waiter in self.waiting.keys { self.waiting[waiter]?.remove(step) }
    }
}
