import Yams

/// The values of a YAML text with their lines.
struct PipelineText {
    /// Values that one file may have, each alias counted anew, so that no few lines become a billion values.
    static let maxValues = 10_000
    /// How deep they may lie.
    static let maxDepth = 32

    /// The names of the text's root.
    private(set) var values: [String: StepValue] = [:]
    /// Lines by paths such as `steps[2].with`; the first line is 1.
    private(set) var lines: [String: Int] = [:]
    private var count = 0

    /// Reads a text.
    ///
    /// - Throws: ``StepSettingProblem`` where it is not YAML or not names with values.
    init(_ text: String) throws(StepSettingProblem) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw StepSettingProblem("", "this is not YAML: \(error.reason)", line: error.line(in: text))
        }
        guard let node, case .object(let values) = try self.value(of: node, at: "", depth: 0) else {
            throw StepSettingProblem("", "a pipeline is names with values, such as 'name: image'", line: 1)
        }
        self.values = values
    }

    private mutating func value(of node: Node, at path: String, depth: Int) throws(StepSettingProblem) -> StepValue {
        self.count += 1
        guard self.count <= Self.maxValues, depth <= Self.maxDepth else {
            throw StepSettingProblem(path, "there are too many values in the file", line: node.mark?.line ?? 1)
        }
        if self.lines[path] == nil { self.lines[path] = node.mark?.line ?? 1 }
        switch node {
        case .scalar(let scalar): return Self.value(of: scalar)
        case .sequence(let sequence):
            var elements: [StepValue] = []
            for (index, element) in sequence.enumerated() {
                elements.append(try self.value(of: element, at: "\(path)[\(index)]", depth: depth + 1))
            }
            return .list(elements)
        case .mapping(let mapping):
            var values: [String: StepValue] = [:]
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw StepSettingProblem(path, "a name must be a text", line: key.mark?.line ?? 1)
                }
                let place = path.isEmpty ? name.string : "\(path).\(name.string)"
                self.lines[place] = key.mark?.line
                values[name.string] = try self.value(of: value, at: place, depth: depth + 1)
            }
            return .object(values)
        case .alias:
            throw StepSettingProblem(path, "an alias leads nowhere", line: node.mark?.line ?? 1)
        }
    }

    /// What stands in quotes is a text; the rest is read by the core schema of YAML 1.2.
    private static func value(of scalar: Node.Scalar) -> StepValue {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        switch scalar.string {
        case "", "~", "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: break
        }
        if let number = Int64(scalar.string) { return .integer(number) }
        let isNumeric = scalar.string.first.map { $0.isNumber || "+-.".contains($0) } ?? false
        if isNumeric, let number = Double(scalar.string), number.isFinite { return .number(number) }
        return .string(scalar.string)
    }
}

extension Error {
    /// What a reader of YAML says, without the text around it.
    fileprivate var reason: String {
        switch self as? YamlError {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .reader(let problem, _, _, _): problem
        case .duplicatedKeysInMapping(let names, _):
            "a name stands twice: \(names.map { $0.prefix(80) }.sorted().joined(separator: ", "))"
        default: "it cannot be read"
        }
    }

    /// The line where a reader of YAML stopped.
    fileprivate func line(in text: String) -> Int {
        switch self as? YamlError {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        case .reader(_, .some(let offset), _, _):
            1 + text.utf8.prefix(max(0, offset)).count { $0 == UInt8(ascii: "\n") }
        default: 1
        }
    }
}
