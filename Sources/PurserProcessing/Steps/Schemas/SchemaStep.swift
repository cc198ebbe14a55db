import Crypto
import Foundation

/// Checks a JSON document against a JSON Schema (2020-12).
struct SchemaStep: ProcessingStep {
    /// The schema, as JSON.
    var schema: [UInt8]
    /// What is checked.
    var source = StepSource()

    /// Findings that a message names.
    private static let maxShown = 3

    var tools: [Tool] { [.python, .jsonschema] }
    var cacheIdentity: String? { "\(SHA256.hash(data: self.schema)) \(self.source)" }
    var readsContent: Bool { self.source.step == nil }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let source = try self.source.file(in: input)
        var writer = try StepWriter(context.path("schema.json"), limit: context.limits.fileSize)
        try writer.write(self.schema)
        try writer.finish()
        let arguments = ["-I", "-c", Self.program, "schema.json", source.path]
        let result = try await context.run(.python, arguments)
        if result.code == Self.violated {
            throw StepFailure("schema_violation", Self.told(result.text, source.name), isRecoverable: true)
        }
        if result.code == 1, result.complaint.contains("ModuleNotFoundError") { throw Toolbox.missing(.jsonschema) }
        try result.check(.python, "schema_check_failed", "the document could not be checked")
        return StepOutput(values: ["valid": .bool(true)])
    }

    /// `document.json breaks its schema at $.pages[0].width: -1 is less than the minimum of 0 (and 4 more)`.
    private static func told(_ output: String, _ name: String) -> String {
        let findings = output.split(whereSeparator: \.isNewline)
        let shown = findings.prefix(Self.maxShown).map { $0.visible(upTo: 300) }.joined(separator: "; ")
        let more = findings.count - Self.maxShown
        return "'\(name)' breaks its schema at \(shown)\(more > 0 ? "; and at \(more) more places" : "")"
    }

    /// The exit code that tells a bad document from a program that failed.
    private static let violated: Int32 = 3

    /// Prints up to 20 findings, one to a line, and ends with ``violated`` where there are any.
    private static let program = """
        import itertools, json, sys
        from jsonschema import Draft202012Validator
        def refuse(name):
            raise ValueError(name + " is no JSON")
        def read(path):
            with open(path, encoding="utf-8") as file:
                return json.load(file, parse_constant=refuse)
        schema = read(sys.argv[1])
        Draft202012Validator.check_schema(schema)
        try:
            document = read(sys.argv[2])
        except (ValueError, RecursionError) as error:
            print("$:", "this is no JSON document:", str(error)[:200])
            sys.exit(3)
        faults = list(itertools.islice(Draft202012Validator(schema).iter_errors(document), 20))
        for fault in faults:
            print(fault.json_path + ":", " ".join(fault.message.split())[:300])
        sys.exit(3 if faults else 0)
        """
}

extension StepKind {
    /// Checks a JSON document against a schema: the one of documents, or one that stands in the pipeline.
    public static let schema = StepKind("schema") { settings throws(StepSettingProblem) in
        let schema: [UInt8]
        switch settings.value("schema") {
        case nil, .string("document"): schema = PackageResources.document_schema_json
        case .object(let values)?: schema = try settings.json(.object(values), "schema")
        default: throw settings.problem("schema", "takes 'document', or a JSON Schema")
        }
        return SchemaStep(schema: schema, source: try StepSource(settings))
    }
}

extension StepSettings {
    fileprivate func json(_ value: StepValue, _ name: String) throws(StepSettingProblem) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(value))
        } catch {
            throw self.problem(name, "is no JSON: \(error)")
        }
    }
}
