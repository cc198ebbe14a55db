/// A step as its file has it, before its place in the graph is known.
struct StepDraft {
    let settings: StepSettings
    var name: String
    var uses: String
    /// What the file says; `nil` where it says nothing.
    var needs: [String]?
    var weight: Double
    var with: [String: StepValue]
    var limits: StepLimits
    var retry: RetryPolicy
    var onError: ErrorPolicy
    var severity: FailureSeverity?

    /// Reads a step; what is wrong is noted.
    ///
    /// - Returns: `nil` where it has no name.
    init?(_ settings: StepSettings) {
        self.settings = settings
        let name = settings.noting { () throws(StepSettingProblem) in try settings.pipelineName("name") }
        self.uses = settings.noting { () throws(StepSettingProblem) in try settings.string("uses") } ?? ""
        self.needs = settings.noting { () throws(StepSettingProblem) in
            settings.value("needs") == nil ? nil : try settings.strings("needs")
        }.flatMap(\.self)
        self.weight =
            settings.noting { () throws(StepSettingProblem) in
                try settings.number("weight", in: 0.001...1_000, default: 1)
            } ?? 1
        if case .object(let values) = settings.value("with") {
            self.with = values
        } else {
            if let value = settings.value("with") {
                settings.note(settings.problem("with", "takes names with values, got \(value.told)"))
            }
            self.with = [:]
        }
        self.limits = settings.limits()
        self.retry =
            settings.noting { () throws(StepSettingProblem) in
                try settings.mapping("retry").map(RetryPolicy.init)
            }.flatMap(\.self) ?? RetryPolicy()
        self.onError = settings.errorPolicy()
        self.severity = settings.noting { () throws(StepSettingProblem) in
            settings.value("severity") == nil ? nil : try settings.choice("severity") as FailureSeverity
        }.flatMap(\.self)
        guard let name else { return nil }
        self.name = name
    }

    /// The step that stands in for it, as the file says.
    var standIn: String? {
        if case .fallback(let name) = self.onError { name } else { nil }
    }
}

extension RetryPolicy {
    /// Reads a policy; bad values are noted.
    init(_ settings: StepSettings) {
        let usual = RetryPolicy()
        func read<Value>(_ usual: Value, _ body: () throws(StepSettingProblem) -> Value) -> Value {
            settings.noting(body) ?? usual
        }
        self.init(
            attempts: read(usual.attempts) { () throws(StepSettingProblem) in
                try settings.integer("attempts", in: 1...100, default: usual.attempts)
            },
            delay: read(usual.delay) { () throws(StepSettingProblem) in
                try settings.duration("delay", in: .zero ... .seconds(600), default: usual.delay)
            },
            factor: read(usual.factor) { () throws(StepSettingProblem) in
                try settings.number("factor", in: 1...10, default: usual.factor)
            },
            maxDelay: read(usual.maxDelay) { () throws(StepSettingProblem) in
                try settings.duration("max_delay", in: .zero ... .seconds(3_600), default: usual.maxDelay)
            },
            jitter: read(usual.jitter) { () throws(StepSettingProblem) in
                try settings.number("jitter", in: 0...1, default: usual.jitter)
            }
        )
    }
}

extension StepSettings {
    /// Reads something; a problem is noted.
    ///
    /// - Returns: `nil` where there was one that leaves no value.
    func noting<Value>(_ body: () throws(StepSettingProblem) -> Value) -> Value? {
        do throws(StepSettingProblem) {
            return try body()
        } catch {
            self.note(error)
            return nil
        }
    }

    /// A name of a pipeline or a step.
    func pipelineName(_ name: String) throws(StepSettingProblem) -> String {
        let text = try self.string(name)
        guard text.isPipelineName else {
            throw self.problem(name, "takes up to 64 small letters, digits, '-' and '_', got '\(text.prefix(80))'")
        }
        return text
    }

    fileprivate func limits() -> StepLimits {
        var limits = StepLimits()
        limits.time =
            self.noting { () throws(StepSettingProblem) in
                try self.duration("timeout", in: .milliseconds(10) ... .seconds(86_400), default: limits.time)
            } ?? limits.time
        let cpuTime = max(limits.cpuTime, limits.time)
        limits.cpuTime =
            self.noting { () throws(StepSettingProblem) in
                try self.duration("cpu", in: .seconds(1) ... .seconds(86_400), default: cpuTime)
            } ?? cpuTime
        let memory = Int64(limits.memory)
        limits.memory = Int(
            self.noting { () throws(StepSettingProblem) in
                try self.bytes("memory", in: (1 << 20)...(1 << 40), default: memory)
            } ?? memory
        )
        let reserve = max(1 << 20, Int64(limits.memory / StepLimits.reserveShare))
        limits.reserve = Int(
            self.noting { () throws(StepSettingProblem) in
                try self.bytes("reserve", in: (1 << 20)...Int64(limits.memory), default: reserve)
            } ?? reserve
        )
        let fileSize = limits.fileSize
        limits.fileSize =
            self.noting { () throws(StepSettingProblem) in
                try self.bytes("file_size", in: 1...(1 << 44), default: fileSize)
            } ?? fileSize
        let processes = limits.processes
        limits.processes =
            self.noting { () throws(StepSettingProblem) in
                try self.integer("processes", in: 1...10_000, default: processes)
            } ?? processes
        return limits
    }

    fileprivate func errorPolicy() -> ErrorPolicy {
        switch self.value("on_error") {
        case nil, .string("fail"): return .fail
        case .string("skip"): return .skip
        case .object:
            let name = self.noting { () throws(StepSettingProblem) in
                try self.mapping("on_error")?.string("fallback")
            }
            return name.flatMap(\.self).map { .fallback($0) } ?? .fail
        case .some(let value):
            self.note(self.problem("on_error", "takes fail, skip or {fallback: STEP}, got \(value.told)"))
            return .fail
        }
    }
}

extension String {
    /// Whether it can be the name of a pipeline or a step.
    var isPipelineName: Bool {
        (1...64).contains(self.utf8.count)
            && self.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}
