extension StepSettings {
    /// A version: what distinguishes results of a pipeline from those that it had before.
    func pipelineVersion() throws(StepSettingProblem) -> String {
        let text: String
        if case .number = self.value("version") {
            throw self.problem("version", "1.10 and 1.1 are the same number: put the version in quotes")
        }
        text = try self.string("version")
        let isProper = text.utf8.allSatisfy { byte in
            byte >= UInt8(ascii: "!") && byte <= UInt8(ascii: "~") && byte != UInt8(ascii: "/")
        }
        guard (1...32).contains(text.utf8.count), isProper else {
            throw self.problem("version", "takes up to 32 letters, digits and signs, got '\(text.prefix(80))'")
        }
        return text
    }

    /// Media types and groups of them.
    func mediaTypes(_ name: String) throws(StepSettingProblem) -> [String] {
        let types = try self.strings(name, default: [])
        for type in types {
            let parts = type.split(separator: "/", omittingEmptySubsequences: false)
            let isProper = parts.count == 2 && parts.allSatisfy(\.isMediaToken) && parts[0] != "*"
            guard isProper else {
                throw self.problem(name, "takes media types such as image/png or image/*, got '\(type.prefix(80))'")
            }
        }
        return types.map { $0.lowercased() }
    }

    /// Where outputs go.
    func outputPrefix() throws(StepSettingProblem) -> String? {
        guard let prefix = try self.optionalString("prefix") else { return nil }
        let hasControls = prefix.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }
        guard (1...256).contains(prefix.utf8.count), !hasControls, !prefix.hasPrefix("/"), !prefix.hasSuffix("/") else {
            throw self.problem("prefix", "takes the beginning of a key of up to 256 bytes without '/' at its ends")
        }
        return prefix
    }

    /// What is done about failures with a code.
    func action(_ code: String) throws(StepSettingProblem) -> FailureAction {
        let value = self.value(code)
        guard code.isPipelineName else {
            throw self.problem(code, "a code of a failure is small letters, digits and '_'")
        }
        let takes = "takes retry, skip, quarantine, abort, fail, {retry: {…}} or {fallback: STEP}"
        switch value {
        case .string("retry"): return .retry(RetryPolicy())
        case .string("skip"): return .skip
        case .string("quarantine"): return .quarantine
        case .string("abort"): return .abort
        case .string("fail"): return .fail
        case .object(let values) where values.count == 1:
            guard let settings = try self.mapping(code) else { break }
            if let retry = try settings.mapping("retry") { return .retry(RetryPolicy(retry)) }
            if let name = try settings.optionalString("fallback") { return .fallback(name) }
            settings.skipUnknown()
        default: break
        }
        throw self.problem(code, "\(takes), got \(value?.told ?? "nothing")")
    }
}

extension PipelineParameter {
    /// Reads a parameter, and checks its default against what it says itself.
    init(_ name: String, _ settings: StepSettings) throws(StepSettingProblem) {
        let kind: Kind = try settings.choice("type")
        self.init(name, kind)
        let bounds = -1e15...1e15
        if settings.value("minimum") != nil { self.minimum = try settings.number("minimum", in: bounds) }
        if settings.value("maximum") != nil { self.maximum = try settings.number("maximum", in: bounds) }
        self.choices = try settings.strings("choices", default: [])
        _ = try settings.optionalString("description")
        if let minimum = self.minimum, let maximum = self.maximum, minimum > maximum {
            throw settings.problem("minimum", "is greater than the maximum")
        }
        if kind == .boolean, self.minimum != nil || self.maximum != nil {
            throw settings.problem("", "a boolean has no minimum and no maximum")
        }
        if kind != .string, !self.choices.isEmpty {
            throw settings.problem("choices", "only a string has choices")
        }
        self.fallback = settings.value("default")
        if let fallback, let objection = self.objection(to: fallback) { throw settings.problem("default", objection) }
    }
}

extension Substring {
    /// Whether it is one side of a media type (RFC 6838, §4.2), or a `*`.
    fileprivate var isMediaToken: Bool {
        if self == "*" { return true }
        let isProper = self.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (48...57).contains(byte)
                || "!#$&-^_.+".utf8.contains(byte)
        }
        return (1...127).contains(self.utf8.count) && isProper
    }
}
