/// A value of a parameter or of a finding, as JSON and YAML have them.
public enum StepValue: Sendable, Hashable {
    /// A text.
    case string(String)
    /// A whole number.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// Yes or no.
    case bool(Bool)
    /// Several.
    case list([StepValue])
    /// Several with names.
    case object([String: StepValue])
    /// Nothing.
    case null
}

extension StepValue: Codable {
    /// Reads any JSON value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([StepValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: StepValue].self))
        }
    }

    /// Writes the JSON value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .bool(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        case .null: try container.encodeNil()
        }
    }
}

extension StepValue {
    /// The text, where it is one.
    public var text: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The whole number, where it is one.
    public var wholeNumber: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }
}
