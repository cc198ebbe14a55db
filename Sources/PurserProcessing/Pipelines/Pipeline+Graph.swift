extension Pipeline {
    /// For each step the steps that must have ended before it: those that it needs, directly and through others.
    ///
    /// Steps that stand in for others get what those get, whatever they need themselves.
    func earlierSteps() -> [String: Set<String>] {
        var earlier: [String: Set<String>] = [:]
        for step in self.steps {  // each after those that it needs
            earlier[step.name] = step.needs.reduce(into: []) { found, need in
                found.insert(need)
                found.formUnion(earlier[need] ?? [])
            }
        }
        // What stood in for a step is found under its own name, too.
        return earlier.mapValues { $0.union($0.flatMap(self.standIns)) }
    }

    /// The steps that the pipeline's file lets stand in for a step, directly and through others.
    func standIns(for name: String) -> Set<String> {
        var found: Set<String> = []
        var next: [String] = self.handlers.values.compactMap(\.standIn)
        if let step = self.step(name), case .fallback(let other) = step.onError { next.append(other) }
        while let one = next.popLast() {
            guard found.insert(one).inserted, let step = self.step(one) else { continue }
            if case .fallback(let other) = step.onError { next.append(other) }
        }
        return found
    }
}

extension FailureAction {
    /// The step that is to stand in.
    var standIn: String? {
        if case .fallback(let name) = self { name } else { nil }
    }
}
