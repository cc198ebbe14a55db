extension ExecConfiguration {
    /// Reads what a pipeline says under `with`.
    ///
    /// - Parameter settings: `program`, `package`, `version_arguments`, `arguments`, `environment`, `outputs` (each with
    ///   `name`, `content_type`, `optional`, `keep`), `collect` (`folder`, `content_type`, `max`, `keep`), `values`
    ///   (`none`, `json`), `success_codes`, `transient_codes`, `cache`, `address_space`, `persistent`, `workers`, `idle`,
    ///   `start_limit`.
    /// - Throws: ``StepSettingProblem``.
    init(_ settings: StepSettings) throws(StepSettingProblem) {
        self.tool = Tool(
            try settings.string("program"),
            package: try settings.optionalString("package"),
            // A program of somebody's own may take any argument for a file.
            versionArguments: try settings.strings("version_arguments", default: [])
        )
        if self.tool.program.isEmpty || (self.tool.program.contains("/") && !self.tool.program.hasPrefix("/")) {
            throw settings.problem("program", "takes a name or an absolute path, got '\(self.tool.program.prefix(80))'")
        }
        self.hasValues = try settings.choice("values", of: ["none", "json"], default: "none") == "json"
        self.isCached = try settings.bool("cache", default: true)
        self.successCodes = Set(try settings.integers("success_codes", in: 0...255, default: [0]).map(Int32.init))
        self.transientCodes = Set(try settings.integers("transient_codes", in: 0...255, default: [75]).map(Int32.init))
        self.addressSpace = try Self.addressSpace(settings)
        self.outputs = try Self.outputs(settings)
        self.collection = try Self.collection(settings)
        self.persistence = try Self.persistence(settings)
        for (index, text) in try settings.strings("arguments", default: []).enumerated() {
            self.arguments.append(try self.argument(text, "arguments[\(index)]", settings))
        }
        for (name, text) in try settings.texts("environment", default: [:]) {
            guard Self.isVariable(name) else {
                throw settings.problem(
                    "environment",
                    "takes names of letters, digits and '_', got '\(name.prefix(80))'"
                )
            }
            self.environment[name] = try self.template(text, "environment.\(name)", settings)
        }
    }

    private static func addressSpace(_ settings: StepSettings) throws(StepSettingProblem) -> Int? {
        guard settings.value("address_space") != nil else { return nil }
        return Int(try settings.bytes("address_space", in: 16 << 20...1 << 46))
    }

    private static func outputs(_ settings: StepSettings) throws(StepSettingProblem) -> [Output] {
        var outputs: [Output] = []
        for output in try settings.mappings("outputs") {
            let name = try output.string("name")
            guard StepFile(name: name, path: "", contentType: "").hasProperName else {
                throw output.problem("name", "takes one to four names of letters, digits, '.', '_' and '-', with '/'")
            }
            guard !outputs.contains(where: { $0.name == name }) else {
                throw output.problem("name", "'\(name)' is there already")
            }
            outputs.append(
                Output(
                    name: name,
                    contentType: try output.string("content_type", default: "application/octet-stream"),
                    isOptional: try output.bool("optional", default: false),
                    isKept: try output.bool("keep", default: true)
                )
            )
        }
        return outputs
    }

    private static func collection(_ settings: StepSettings) throws(StepSettingProblem) -> Collection? {
        guard settings.value("collect") != nil, let collect = try settings.mapping("collect") else { return nil }
        let folder = try collect.string("folder")
        // The name of a file is one more component.
        guard StepFile(name: "\(folder)/x", path: "", contentType: "").hasProperName else {
            throw collect.problem("folder", "takes one to three names of letters, digits, '.', '_' and '-', with '/'")
        }
        return Collection(
            folder: folder,
            contentType: try collect.string("content_type", default: "application/octet-stream"),
            maxFiles: try collect.integer("max", in: 1...StepOutput.maxFiles, default: 1000),
            isKept: try collect.bool("keep", default: true)
        )
    }

    private static func persistence(_ settings: StepSettings) throws(StepSettingProblem) -> Persistence? {
        let isPersistent = try settings.bool("persistent", default: false)
        let persistence = Persistence(
            workers: try settings.integer("workers", in: 1...WorkerPool.maxWorkers, default: WorkerPool.maxWorkers),
            idle: try settings.duration("idle", in: .seconds(1)...(.seconds(86400)), default: .seconds(600)),
            startLimit: try settings.duration("start_limit", in: .seconds(1)...(.seconds(600)), default: .seconds(30))
        )
        return isPersistent ? persistence : nil
    }

    private func argument(
        _ text: String,
        _ name: String,
        _ settings: StepSettings
    ) throws(StepSettingProblem) -> ExecTemplate {
        let template = try self.template(text, name, settings)
        if template.places.contains(.key), !(template.beginning.map { $0.hasPrefix("-") && $0.contains("=") } ?? false)
        {
            throw settings.problem(
                name,
                "{key} may stand in an argument only as '--option={key}', or in the environment"
            )
        }
        return template
    }

    private func template(
        _ text: String,
        _ name: String,
        _ settings: StepSettings
    ) throws(StepSettingProblem) -> ExecTemplate {
        guard let template = ExecTemplate(text) else {
            throw settings.problem(name, "takes \(ExecTemplate.Place.all) in braces; write {{ and }} for braces")
        }
        if self.persistence != nil, !template.places.isEmpty {
            throw settings.problem(name, "is given once to a persistent program, which gets files line by line")
        }
        for place in template.places {
            switch place {
            case .file(let step) where !settings.earlier.contains(step),
                .value(let step, _) where !settings.earlier.contains(step):
                throw settings.problem(name, "there is no earlier step '\(step)'")
            case .parameter(let parameter) where !settings.parameters.contains(parameter):
                throw settings.problem(name, "the pipeline has no parameter '\(parameter)'")
            case .output(let output) where !self.outputs.contains { $0.name == output }:
                throw settings.problem(name, "there is no output '\(output)'")
            default: continue
            }
        }
        return template
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first), name != ProcessMark.name else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
