/// The steps of a file with what they need, and what is wrong with that.
struct PipelineGraph {
    /// What each step needs; of a step that stands in, what the one needs that it stands in for.
    private(set) var needs: [String: [String]] = [:]
    /// For each step those that have ended before it.
    private(set) var earlier: [String: Set<String>] = [:]
    /// The steps that only stand in for others.
    private(set) var standIns: Set<String> = []

    private let drafts: [StepDraft]
    private let byName: [String: StepDraft]
    private let handlers: [String: FailureAction]
    private let root: StepSettings
    private var isSound = true

    /// Looks at the steps; what is wrong is noted.
    init(_ drafts: [StepDraft], handlers: [String: FailureAction], notes root: StepSettings) {
        self.drafts = drafts
        self.byName = Dictionary(drafts.map { ($0.name, $0) }) { first, _ in first }
        self.handlers = handlers
        self.root = root
        self.findDuplicates()
        // Which of two steps a name means cannot be told.
        guard self.isSound else { return }
        self.findStandIns()
        self.findNeeds()
        self.findCycles()
        self.findEarlier()
        self.checkStandIns()
    }

    /// The places of the steps in the file, each after those that it needs, stand-ins last.
    ///
    /// - Returns: `nil` where something is wrong.
    mutating func order() -> [Int]? {
        guard self.isSound else { return nil }
        let numbers = Dictionary(uniqueKeysWithValues: self.drafts.enumerated().map { ($1.name, $0) })
        let ordinary = self.drafts.indices.filter { !self.standIns.contains(self.drafts[$0].name) }
        var schedule = StepSchedule(
            needs: ordinary.map { place in
                let needs = (self.needs[self.drafts[place].name] ?? []).compactMap { numbers[$0] }
                return needs.compactMap { ordinary.firstIndex(of: $0) }
            },
            limit: 1
        )
        var order: [Int] = []
        while let next = schedule.takeReady().first {
            order.append(ordinary[next])
            schedule.end(next)
        }
        return order + self.drafts.indices.filter { self.standIns.contains(self.drafts[$0].name) }
    }

    private mutating func note(_ draft: StepDraft, _ key: String, _ reason: String) {
        self.isSound = false
        draft.settings.note(draft.settings.problem(key, reason))
    }

    private mutating func findDuplicates() {
        var seen: Set<String> = []
        for draft in self.drafts where !seen.insert(draft.name).inserted {
            self.note(draft, "name", "there is a step '\(draft.name)' already")
        }
    }

    private mutating func findStandIns() {
        for draft in self.drafts {
            guard let name = draft.standIn else { continue }
            if self.byName[name] == nil {
                self.note(draft, "on_error", "there is no step '\(name)' to fall back to")
            } else {
                self.standIns.insert(name)
            }
        }
        for (code, action) in self.handlers.sorted(by: { $0.key < $1.key }) {
            guard let name = action.standIn else { continue }
            if self.byName[name] == nil {
                self.isSound = false
                self.root.note(self.root.problem("handlers.\(code)", "there is no step '\(name)' to fall back to"))
            } else {
                self.standIns.insert(name)
            }
        }
        if !self.drafts.isEmpty, self.drafts.allSatisfy({ self.standIns.contains($0.name) }) {
            self.isSound = false
            self.root.note(self.root.problem("steps", "all steps stand in for others: none would ever run"))
        }
    }

    private mutating func findNeeds() {
        var previous: String?
        for draft in self.drafts where !self.standIns.contains(draft.name) {
            self.needs[draft.name] = draft.needs ?? previous.map { [$0] } ?? []
            previous = draft.name
            for need in draft.needs ?? [] {
                if self.byName[need] == nil {
                    self.note(draft, "needs", "there is no step '\(need)'")
                } else if self.standIns.contains(need) {
                    self.note(draft, "needs", "'\(need)' only stands in for another step: need that one")
                }
            }
        }
        // A chain of stand-ins gets what the first step gets, so that it takes as many rounds as it is long.
        for _ in self.standIns {
            for draft in self.drafts {
                guard let name = draft.standIn, self.needs[name] == nil else { continue }
                self.needs[name] = self.needs[draft.name]
            }
        }
        for name in self.standIns where self.needs[name] == nil { self.needs[name] = [] }
    }

    private mutating func findCycles() {
        let waits = self.needs.filter { !self.standIns.contains($0.key) }
        if let cycle = Self.cycle(in: waits, from: self.drafts.map(\.name)), let draft = self.byName[cycle[0]] {
            self.note(draft, "needs", "steps wait for one another: \(cycle.joined(separator: " → "))")
        }
        let falls = Dictionary(self.drafts.map { ($0.name, $0.standIn.map { [$0] } ?? []) }) { first, _ in first }
        if let cycle = Self.cycle(in: falls, from: self.drafts.map(\.name)), let draft = self.byName[cycle[0]] {
            self.note(draft, "on_error", "steps stand in for one another: \(cycle.joined(separator: " → "))")
        }
    }

    private mutating func findEarlier() {
        for name in self.drafts.map(\.name) {
            var found: Set<String> = []
            var next = self.needs[name] ?? []
            while let one = next.popLast() {
                if found.insert(one).inserted { next += self.needs[one] ?? [] }
            }
            self.earlier[name] = found
        }
    }

    /// What stands in may say what it needs, but gets no more than the step in whose place it runs.
    private mutating func checkStandIns() {
        for draft in self.drafts {
            guard let name = draft.standIn, let standIn = self.byName[name], name != draft.name else { continue }
            for need in standIn.needs ?? [] where self.earlier[draft.name]?.contains(need) != true {
                let known = self.byName[need] != nil
                let reason = known ? "has not ended when '\(draft.name)' fails" : "is no step"
                self.note(standIn, "needs", "'\(name)' stands in for '\(draft.name)', and '\(need)' \(reason)")
            }
        }
        let handled = Set(self.handlers.values.compactMap(\.standIn))
        for draft in self.drafts where handled.contains(draft.name) && draft.needs?.isEmpty == false {
            self.note(draft, "needs", "a step that handlers fall back to can need no other")
        }
    }

    /// The first cycle that there is, with its first step at both ends.
    private static func cycle(in edges: [String: [String]], from names: [String]) -> [String]? {
        var done: Set<String> = []
        for start in names where !done.contains(start) {
            var path: [String] = []
            var rest: [[String]] = [[start]]
            while var next = rest.popLast() {
                guard let name = next.popLast() else {
                    if let ended = path.popLast() { done.insert(ended) }
                    continue
                }
                rest.append(next)
                if let begin = path.firstIndex(of: name) { return Array(path[begin...]) + [name] }
                guard !done.contains(name) else { continue }
                path.append(name)
                rest.append(Array((edges[name] ?? []).reversed()))
            }
        }
        return nil
    }
}
