/// How much of slots and memory is granted, as the memory of the process allows.
public enum AdmissionPressure: String, Sendable, CaseIterable, Codable {
    /// All of it.
    case normal
    /// Half of the slots and half of the memory budget.
    ///
    /// What already runs may still grow up to the whole budget, as it could not end otherwise.
    case halved
    /// What frees memory or bytes only: deletes and the collector's work.
    ///
    /// All else is refused at once with `memory_pressure`; what waited already stays queued until the pressure ends or its
    /// wait is over. What is asked for within an operation that runs is granted still: it has its host's slot.
    case deletesOnly = "deletes_only"
}

extension AdmissionQueue {
    /// How many may hold a slot for another to be granted.
    var grantLimit: Int {
        self.pressure == .halved ? max(1, self.limit / 2) : self.limit
    }

    /// The bytes that those granted may hold together.
    var grantBudget: Int {
        self.pressure == .halved ? self.configuration.memoryBudget / 2 : self.configuration.memoryBudget
    }

    /// Whether nothing of a kind is granted at present.
    func isBarred(_ kind: OperationKind) -> Bool {
        self.pressure == .deletesOnly && !kind.freesBytes
    }
}

extension OperationKind {
    /// Whether this kind of work leaves less behind than there was before.
    var freesBytes: Bool { self == .delete || self == .collect }
}
