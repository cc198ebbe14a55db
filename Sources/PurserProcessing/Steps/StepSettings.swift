/// What a pipeline's file says in one place: names with values, read by type.
///
/// Each reading notes that its name is known; a name that nobody asked for is a problem. A bad value where there is a
/// default is noted, and the default is given, so that one reading finds all problems of a file; a value that must be
/// there and is not, or is bad, throws.
public final class StepSettings {
    /// The line where the names begin; 0 where they are from no file.
    public let line: Int
    /// The steps whose outputs a step with these settings is given.
    public let earlier: Set<String>
    /// The parameters of the pipeline.
    public let parameters: Set<String>

    private let path: String
    private let values: [String: StepValue]
    private let lines: [String: Int]
    private let notes: SettingNotes
    private var asked: Set<String> = []
    private var children: [StepSettings] = []

    /// Settings that are from no file.
    public convenience init(
        _ values: [String: StepValue],
        earlier: Set<String> = [],
        parameters: Set<String> = []
    ) {
        self.init(values, at: "", lines: [:], notes: SettingNotes(), earlier: earlier, parameters: parameters)
    }

    /// Settings of a place in a file, whose lines are known by paths from its root.
    init(
        _ values: [String: StepValue],
        at path: String,
        lines: [String: Int],
        notes: SettingNotes,
        earlier: Set<String> = [],
        parameters: Set<String> = []
    ) {
        self.values = values
        self.path = path
        self.lines = lines
        self.line = lines[path] ?? 0
        self.notes = notes
        self.earlier = earlier
        self.parameters = parameters
    }

    /// The names that there are, in the order of the alphabet.
    public var names: [String] { self.values.keys.sorted() }

    /// The value as it stands; `nil` where there is none.
    public func value(_ name: String) -> StepValue? {
        self.asked.insert(name)
        guard let value = self.values[name], value != .null else { return nil }
        return value
    }

    /// Describes what is wrong with a value, to be thrown or noted.
    public func problem(_ name: String, _ reason: String) -> StepSettingProblem {
        let key = self.key(name)
        return StepSettingProblem(key, reason, line: self.lines[key] ?? self.line)
    }

    /// Notes a problem and goes on.
    public func note(_ problem: StepSettingProblem) { self.notes.add(problem) }

    /// What was found so far, and the names that nobody has asked for.
    public func problems() -> [StepSettingProblem] {
        self.notes.all + self.unknown()
    }

    /// Settings within these, under a name; `nil` where there are none.
    public func mapping(_ name: String) throws(StepSettingProblem) -> StepSettings? {
        guard let value = self.value(name) else { return nil }
        guard case .object(let values) = value else {
            throw self.problem(name, "takes names with values, got \(value.told)")
        }
        return self.child(values, name)
    }

    /// A list of settings within these, under a name; empty where there is none.
    public func mappings(_ name: String) throws(StepSettingProblem) -> [StepSettings] {
        guard let value = self.value(name) else { return [] }
        guard case .list(let elements) = value else {
            throw self.problem(name, "takes a list, got \(value.told)")
        }
        var settings: [StepSettings] = []
        for (index, element) in elements.enumerated() {
            guard case .object(let values) = element else {
                self.note(self.problem("\(name)[\(index)]", "takes names with values, got \(element.told)"))
                continue
            }
            settings.append(self.child(values, "\(name)[\(index)]"))
        }
        return settings
    }

    /// Settings within these that are read for a step of a place in a graph.
    func child(
        _ values: [String: StepValue],
        _ name: String,
        earlier: Set<String>? = nil,
        parameters: Set<String>? = nil
    ) -> StepSettings {
        self.asked.insert(name)
        let child = StepSettings(
            values,
            at: self.key(name),
            lines: self.lines,
            notes: self.notes,
            earlier: earlier ?? self.earlier,
            parameters: parameters ?? self.parameters
        )
        self.children.append(child)
        return child
    }

    /// Takes all names as known: their reader has failed and nobody can say which are.
    func skipUnknown() { self.asked.formUnion(self.values.keys) }

    private func key(_ name: String) -> String {
        if self.path.isEmpty { return name }
        return name.isEmpty ? self.path : "\(self.path).\(name)"
    }

    private func unknown() -> [StepSettingProblem] {
        let own = self.names.filter { !self.asked.contains($0) }.map { name in
            let known = self.asked.isEmpty ? "none" : self.asked.sorted().joined(separator: ", ")
            return self.problem(name, "is unknown here; known are \(known)")
        }
        return own + self.children.flatMap { $0.unknown() }
    }
}

/// The problems of one file.
final class SettingNotes {
    private(set) var all: [StepSettingProblem] = []

    func add(_ problem: StepSettingProblem) { self.all.append(problem) }
}
