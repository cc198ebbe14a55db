import ArgumentParser

/// Words that an option takes.
enum Words {
    /// All of them, for people.
    static func of<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) -> String
    where Value.RawValue == String {
        type.allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// The one that stands on the command line.
    static func one<Value: RawRepresentable & CaseIterable>(_ text: String) throws -> Value
    where Value.RawValue == String {
        guard let value = Value(rawValue: text) else {
            throw ValidationError("'\(text)' is none of \(self.of(Value.self)).")
        }
        return value
    }
}
