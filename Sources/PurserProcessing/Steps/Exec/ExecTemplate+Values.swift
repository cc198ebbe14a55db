import PurserIdentifiers

extension ExecTemplate {
    /// The text for a file.
    ///
    /// - Parameters:
    ///   - input: The file.
    ///   - folder: The folder of the step.
    /// - Returns: The text, never with a zero byte.
    /// - Throws: ``StepFailure`` `input_missing` where an earlier step did not make what is asked for;
    ///   `invalid_parameter` where a value is no text or number.
    func text(for input: StepInput, in folder: String) throws(StepFailure) -> String {
        var text = ""
        for part in self.parts {
            switch part {
            case .text(let known): text += known
            case .place(let place): text += try place.text(for: input, in: folder)
            }
        }
        return text
    }

    /// The text for a file, as an argument of a program.
    ///
    /// What somebody outside chose never becomes an option, nor what programs take for the name of a list or a pipe.
    ///
    /// - Parameters:
    ///   - input: The file.
    ///   - folder: The folder of the step.
    /// - Returns: The argument.
    /// - Throws: ``StepFailure`` as ``text(for:in:)``; `unsafe_argument`.
    func argument(for input: StepInput, in folder: String) throws(StepFailure) -> String {
        let text = try self.text(for: input, in: folder)
        if case .place(let place)? = self.parts.first, place.isForeign, let first = text.utf8.first,
            "-@|".utf8.contains(first)
        {
            throw StepFailure(
                "unsafe_argument",
                "'{…}' in '\(self.source)' would begin with '\(Character(Unicode.Scalar(first)))'; choose another value",
                isRecoverable: true
            )
        }
        return text
    }
}

extension ExecTemplate.Place {
    fileprivate func text(for input: StepInput, in folder: String) throws(StepFailure) -> String {
        switch self {
        case .input: return input.path
        case .folder: return folder
        case .size: return "\(input.size)"
        case .sha256: return input.content.hex
        case .contentType: return input.contentType ?? "application/octet-stream"
        case .key: return input.key.text
        case .bucket: return input.bucket.text
        case .output(let name): return "\(folder)/\(name)"
        case .file(let step):
            guard let file = input.earlier[step]?.files.first else {
                throw StepFailure("input_missing", "the step '\(step)' made no file that could be read")
            }
            return file.path
        case .value(let step, let name):
            return try Self.text(input.earlier[step]?.values[name], "'\(name)' of the step '\(step)'")
        case .parameter(let name):
            return try Self.text(input.parameters[name], "the parameter '\(name)'")
        }
    }

    private static func text(_ value: StepValue?, _ name: String) throws(StepFailure) -> String {
        switch value {
        case .string(let text): return text
        case .integer(let number): return "\(number)"
        case .number(let number): return "\(number)"
        case .bool(let isTrue): return "\(isTrue)"
        case .null?, nil: throw StepFailure("input_missing", "there is no value for \(name)", isRecoverable: true)
        case .list, .object:
            throw StepFailure("invalid_parameter", "\(name) is no text, number or yes or no", isRecoverable: true)
        }
    }
}
