extension StepValue: ExpressibleByStringLiteral {
    /// Makes a text.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension StepValue: ExpressibleByIntegerLiteral {
    /// Makes a whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
}

extension StepValue: ExpressibleByBooleanLiteral {
    /// Makes yes or no.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension StepValue: ExpressibleByArrayLiteral {
    /// Makes a list.
    public init(arrayLiteral elements: StepValue...) { self = .list(elements) }
}
