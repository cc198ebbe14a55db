import PurserOperations

extension StepSettings {
    /// A text; a whole number is one too, as it is written.
    public func string(_ name: String, default fallback: String? = nil) throws(StepSettingProblem) -> String {
        try self.read(name, "a text", fallback) { $0.writtenText }
    }

    /// A text that need not be there.
    public func optionalString(_ name: String) throws(StepSettingProblem) -> String? {
        guard self.value(name) != nil else { return nil }
        return try self.string(name)
    }

    /// A whole number within bounds.
    public func integer(
        _ name: String,
        in bounds: ClosedRange<Int>,
        default fallback: Int? = nil
    ) throws(StepSettingProblem) -> Int {
        try self.read(name, "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)", fallback) { value in
            value.wholeNumber.flatMap(Int.init(exactly:)).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }

    /// A number within bounds.
    public func number(
        _ name: String,
        in bounds: ClosedRange<Double>,
        default fallback: Double? = nil
    ) throws(StepSettingProblem) -> Double {
        try self.read(name, "a number from \(bounds.lowerBound) to \(bounds.upperBound)", fallback) { value in
            value.anyNumber.flatMap { bounds.contains($0) ? $0 : nil }
        }
    }

    /// `true` or `false`.
    public func bool(_ name: String, default fallback: Bool? = nil) throws(StepSettingProblem) -> Bool {
        try self.read(name, "true or false", fallback) { value in
            if case .bool(let isTrue) = value { isTrue } else { nil }
        }
    }

    /// A number of bytes within bounds, with or without a unit: `64KiB`, `5GB`.
    public func bytes(
        _ name: String,
        in bounds: ClosedRange<Int64>,
        default fallback: Int64? = nil
    ) throws(StepSettingProblem) -> Int64 {
        let takes = "a size from \(ByteSize.exact(bounds.lowerBound)) to \(ByteSize.exact(bounds.upperBound))"
        return try self.read(name, takes, fallback) { value in
            value.writtenText.flatMap(ByteSize.parse).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }

    /// A duration within bounds: `30s`, `10m`, `250ms`; a number alone is seconds.
    public func duration(
        _ name: String,
        in bounds: ClosedRange<Duration>,
        default fallback: Duration? = nil
    ) throws(StepSettingProblem) -> Duration {
        let (shortest, longest) = (DurationText.exact(bounds.lowerBound), DurationText.exact(bounds.upperBound))
        return try self.read(name, "a duration from \(shortest) to \(longest)", fallback) { value in
            let text = value.writtenText ?? value.anyNumber.map { "\($0)" }
            return text.flatMap(DurationText.parse).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }

    /// One of a few words.
    public func choice(
        _ name: String,
        of choices: [String],
        default fallback: String? = nil
    ) throws(StepSettingProblem) -> String {
        try self.read(name, "one of \(choices.joined(separator: ", "))", fallback) { value in
            value.text.flatMap { choices.contains($0) ? $0 : nil }
        }
    }

    /// One of the words of a type.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        default fallback: Choice? = nil
    ) throws(StepSettingProblem) -> Choice {
        let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return try self.read(name, "one of \(choices)", fallback) { value in
            value.text.flatMap(Choice.init(rawValue:))
        }
    }

    /// A list of anything.
    public func list(_ name: String, default fallback: [StepValue]? = nil) throws(StepSettingProblem) -> [StepValue] {
        try self.read(name, "a list", fallback) { value in
            if case .list(let elements) = value { elements } else { nil }
        }
    }

    /// A list of texts.
    public func strings(_ name: String, default fallback: [String]? = nil) throws(StepSettingProblem) -> [String] {
        try self.read(name, "a list of texts", fallback) { value in
            guard case .list(let elements) = value else { return nil }
            let texts = elements.compactMap(\.writtenText)
            return texts.count == elements.count ? texts : nil
        }
    }

    /// A list of whole numbers within bounds.
    public func integers(
        _ name: String,
        in bounds: ClosedRange<Int>,
        default fallback: [Int]? = nil
    ) throws(StepSettingProblem) -> [Int] {
        let takes = "a list of whole numbers from \(bounds.lowerBound) to \(bounds.upperBound)"
        return try self.read(name, takes, fallback) { value in
            guard case .list(let elements) = value else { return nil }
            let numbers = elements.compactMap { $0.wholeNumber.flatMap(Int.init(exactly:)) }.filter(bounds.contains)
            return numbers.count == elements.count ? numbers : nil
        }
    }

    /// Texts with names, such as an environment.
    public func texts(
        _ name: String,
        default fallback: [String: String]? = nil
    ) throws(StepSettingProblem) -> [String: String] {
        try self.read(name, "names with texts", fallback) { value in
            guard case .object(let elements) = value else { return nil }
            let texts = elements.compactMapValues(\.writtenText)
            return texts.count == elements.count ? texts : nil
        }
    }

    private func read<Value>(
        _ name: String,
        _ takes: String,
        _ fallback: Value?,
        _ convert: (StepValue) -> Value?
    ) throws(StepSettingProblem) -> Value {
        guard let value = self.value(name) else {
            if let fallback { return fallback }
            throw self.problem(name, "is missing; it takes \(takes)")
        }
        if let converted = convert(value) { return converted }
        let problem = self.problem(name, "takes \(takes), got \(value.told)")
        guard let fallback else { throw problem }
        self.note(problem)
        return fallback
    }
}

extension StepValue {
    /// The text, or the whole number as text.
    var writtenText: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): "\(number)"
        default: nil
        }
    }

    /// Any number.
    var anyNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    /// What it is, for messages; long texts are cut.
    var told: String {
        switch self {
        case .string(let text): "'\(text.prefix(80))'"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .bool(let isTrue): "\(isTrue)"
        case .list: "a list"
        case .object: "names with values"
        case .null: "nothing"
        }
    }
}
