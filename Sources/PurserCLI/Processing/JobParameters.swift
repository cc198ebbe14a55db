/// Values for the parameters of a pipeline, as they stand on the command line.
enum JobParameters {
    /// Reads values by the types that the pipeline gives its parameters.
    ///
    /// - Parameters:
    ///   - flags: Names and texts; of a name that comes twice, the last one counts.
    ///   - pipeline: The pipeline.
    /// - Returns: The values.
    /// - Throws: ``CommandError`` `.usage`.
    static func values(
        _ flags: [SettingFlag],
        of pipeline: PipelineSummary
    ) throws -> [String: JobSubmission.Value] {
        var values: [String: JobSubmission.Value] = [:]
        for flag in flags {
            guard let parameter = pipeline.parameters.first(where: { $0.name == flag.key }) else {
                let names = pipeline.parameters.map(\.name).joined(separator: ", ")
                throw CommandError.usage(
                    "the pipeline '\(pipeline.name)' has no parameter '\(flag.key)'; it has "
                        + (names.isEmpty ? "none" : names)
                )
            }
            guard let value = Self.value(flag.value, type: parameter.type) else {
                throw CommandError.usage(
                    "the parameter '\(flag.key)' takes a value of type \(parameter.type), got '\(flag.value)'"
                )
            }
            values[flag.key] = value
        }
        return values
    }

    /// - Returns: `nil` where the text is no value of the type.
    private static func value(_ text: String, type: String) -> JobSubmission.Value? {
        switch type {
        case "integer": Int64(text).map { .integer($0) }
        case "number": Double(text).flatMap { $0.isFinite ? .number($0) : nil }
        case "boolean": Bool(text).map { .boolean($0) }
        default: .text(text)
        }
    }
}
