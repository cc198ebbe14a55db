/// A value that a job can give a pipeline.
public struct PipelineParameter: Sendable, Hashable {
    /// What a value can be.
    public enum Kind: String, Sendable, CaseIterable {
        /// A text.
        case string
        /// A whole number.
        case integer
        /// Any number.
        case number
        /// `true` or `false`.
        case boolean
    }

    /// What it is called.
    public var name: String
    /// What its value is.
    public var kind: Kind
    /// The value where a job gives none; a job must give one where this is `nil`.
    public var fallback: StepValue?
    /// The least number, or the fewest characters of a text.
    public var minimum: Double?
    /// The greatest number, or the most characters of a text.
    public var maximum: Double?
    /// The texts that it can be; any where there are none.
    public var choices: [String]

    /// The most characters of a text where nothing is said.
    public static let maxTextLength = 1_024

    /// Describes a parameter.
    public init(
        _ name: String,
        _ kind: Kind,
        default fallback: StepValue? = nil,
        minimum: Double? = nil,
        maximum: Double? = nil,
        choices: [String] = []
    ) {
        self.name = name
        self.kind = kind
        self.fallback = fallback
        self.minimum = minimum
        self.maximum = maximum
        self.choices = choices
    }

    /// What is wrong with a value; `nil` where nothing is.
    func objection(to value: StepValue) -> String? {
        switch (self.kind, value) {
        case (.string, .string(let text)):
            if !self.choices.isEmpty, !self.choices.contains(text) {
                return "takes one of \(self.choices.joined(separator: ", ")), got \(value.told)"
            }
            let bounds = (self.minimum ?? 0, self.maximum ?? Double(Self.maxTextLength))
            let isWithin = Double(text.count) >= bounds.0 && Double(text.count) <= bounds.1
            return isWithin ? nil : "takes \(Int(bounds.0)) to \(Int(bounds.1)) characters, got \(text.count)"
        case (.integer, .integer(let number)): return self.objection(to: Double(number), value)
        case (.number, .integer(let number)): return self.objection(to: Double(number), value)
        case (.number, .number(let number)): return self.objection(to: number, value)
        case (.boolean, .bool): return nil
        default: return "takes a value of type \(self.kind.rawValue), got \(value.told)"
        }
    }

    private func objection(to number: Double, _ value: StepValue) -> String? {
        if let minimum = self.minimum, !(number >= minimum) { return "takes at least \(minimum), got \(value.told)" }
        if let maximum = self.maximum, !(number <= maximum) { return "takes at most \(maximum), got \(value.told)" }
        return nil
    }
}

extension Pipeline {
    /// Completes and checks the values that a job gives.
    ///
    /// - Parameter given: Values by name.
    /// - Returns: A value for each parameter of the pipeline.
    /// - Throws: ``StepFailure`` `bad_parameter`, which names all that is wrong.
    public func values(of given: [String: StepValue]) throws(StepFailure) -> [String: StepValue] {
        var problems: [String] = []
        var values: [String: StepValue] = [:]
        for name in given.keys.sorted() where !self.parameters.contains(where: { $0.name == name }) {
            let known = self.parameters.map(\.name).joined(separator: ", ")
            problems.append("\(name) is no parameter of \(self.name), which has \(known.isEmpty ? "none" : known)")
        }
        for parameter in self.parameters {
            guard let value = given[parameter.name] ?? parameter.fallback else {
                problems.append("\(parameter.name) is missing")
                continue
            }
            if let objection = parameter.objection(to: value) {
                problems.append("\(parameter.name) \(objection)")
            }
            values[parameter.name] = value
        }
        guard problems.isEmpty else {
            throw StepFailure("bad_parameter", problems.joined(separator: "; "), isRecoverable: true)
        }
        return values
    }
}
