import PurserOperations

extension ResourceConfiguration {
    init(reading settings: SettingsReader) {
        self.init()
        let day = Duration.seconds(86_400)
        self.maxConcurrentOperations = settings.integer(
            "resources.max_concurrent_operations",
            default: self.maxConcurrentOperations,
            in: 1...10_000
        )
        self.memoryBudget = Int(
            settings.bytes("resources.memory_budget", default: Int64(self.memoryBudget), in: (64 << 20)...(1 << 44))
        )
        self.maxFileSize = settings.bytes("resources.max_file_size", default: self.maxFileSize, in: 1...(1 << 50))
        self.operationTimeout = settings.duration(
            "resources.operation_timeout",
            default: self.operationTimeout,
            in: .seconds(1)...day
        )
        self.queueCapacity = settings.integer(
            "resources.queue.capacity",
            default: self.queueCapacity,
            in: 0...1_000_000
        )
        self.queueWaitLimit = settings.duration(
            "resources.queue.wait_limit",
            default: self.queueWaitLimit,
            in: .milliseconds(1)...day
        )
        self.clientRate = Self.rate(settings)
        self.clientBurst = settings.read(
            "resources.client_burst",
            default: Int?.none,
            accepts: "'auto' or a number of operations from 1 to 1000000",
            write: { $0.map { "\($0)" } ?? "auto" },
            parse: { text in
                if text == "auto" { return .some(nil) }
                return Int(text).flatMap { (1...1_000_000).contains($0) ? .some($0) : nil }
            }
        )
        for kind in OperationKind.allCases {
            self.caps[kind] = Self.cap(of: kind, default: self.caps[kind], settings)
        }
        self.adaptive.isEnabled = settings.boolean("resources.adaptive.enabled", default: self.adaptive.isEnabled)
        self.adaptive.min = settings.integer("resources.adaptive.min", default: self.adaptive.min, in: 1...10_000)
        self.adaptive.max = settings.integer(
            "resources.adaptive.max",
            default: self.adaptive.max,
            in: self.adaptive.min...10_000
        )
    }

    private static func rate(_ settings: SettingsReader) -> Double? {
        settings.read(
            "resources.client_rate",
            default: Double?.none,
            accepts: "'none' or operations a second, more than 0",
            write: { $0.map { "\($0)" } ?? "none" },
            parse: { text in
                if text == "none" { return .some(nil) }
                return Double(text).flatMap { $0 > 0 && $0.isFinite ? .some($0) : nil }
            }
        )
    }

    private static func cap(of kind: OperationKind, default fallback: Int?, _ settings: SettingsReader) -> Int? {
        guard kind != .process else { return self.processCap(default: fallback, settings) }
        return settings.read(
            "resources.caps.\(kind.rawValue)",
            default: fallback,
            accepts: "'none' or a number of slots from 1 to 10000",
            write: { $0.map { "\($0)" } ?? "none" },
            parse: { text in
                if text == "none" { return .some(nil) }
                return Int(text).flatMap { (1...10_000).contains($0) ? .some($0) : nil }
            }
        )
    }

    /// Where there is none, files of jobs leave two slots to others; as many as there can be is none.
    private static func processCap(default fallback: Int?, _ settings: SettingsReader) -> Int? {
        settings.read(
            "resources.caps.process",
            default: fallback,
            accepts: "'auto', 'none' or a number of slots from 1 to 10000",
            write: { $0.map { "\($0)" } ?? "auto" },
            parse: { text in
                if text == "auto" { return .some(nil) }
                if text == "none" { return .some(10_000) }
                return Int(text).flatMap { (1...10_000).contains($0) ? .some($0) : nil }
            }
        )
    }
}

extension ScratchConfiguration {
    init(reading settings: SettingsReader) {
        self.init()
        self.limit = settings.integer("resources.temp_files.limit", default: self.limit, in: 1...100_000)
        self.waitLimit = settings.duration(
            "resources.temp_files.wait_limit",
            default: self.waitLimit,
            in: .zero ... .seconds(86_400)
        )
    }
}

extension ProgressConfiguration {
    init(reading settings: SettingsReader) {
        self.init()
        self.historyLimit = settings.integer("progress.history_limit", default: self.historyLimit, in: 1...10_000)
    }
}
