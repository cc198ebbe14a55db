public import PurserOperations
public import PurserOptimizer
public import PurserStore

/// Everything that can be set of a storage service, but for its HTTP server.
public struct PurserConfiguration: Sendable {
    /// `storage.*`: where the files are and how they are kept.
    public var storage = StoreConfiguration()
    /// `resources.*`: what may run at a time.
    public var resources = ResourceConfiguration()
    /// `resources.temp_files.*`: scratch files of operations.
    public var scratch = ScratchConfiguration()
    /// `progress.*`: what is remembered of operations.
    public var progress = ProgressConfiguration()
    /// `monitor.*`: what is measured, and who is told.
    public var monitor = MonitorConfiguration()
    /// `optimizer.*`: how the store is kept small, and when.
    ///
    /// Strategies that remove files are off: nobody loses files by starting a service.
    public var optimizer = OptimizerConfiguration()
    /// `processing.*`: pipelines, jobs, and what is kept of their work.
    public var processing = ProcessingSettings()

    /// The defaults.
    public init() {}

    /// Reads a YAML file and the environment.
    ///
    /// Settings of the program (`server.*`, `log.*`) may stand in the file and are left to it.
    ///
    /// - Parameter path: The file; `nil` for the environment alone.
    /// - Returns: The settings in force.
    /// - Throws: ``SettingsError`` with every problem.
    public static func load(file path: String?) async throws -> PurserConfiguration {
        let settings = try await SettingsReader(file: path)
        let configuration = PurserConfiguration(reading: settings)
        try settings.finish(ignoring: ["server.", "log."])
        return configuration
    }

    /// Takes the settings that are in force; problems are kept by the reader.
    public init(reading settings: SettingsReader) {
        self.storage = StoreConfiguration(reading: settings)
        self.resources = ResourceConfiguration(reading: settings)
        self.scratch = ScratchConfiguration(reading: settings)
        self.progress = ProgressConfiguration(reading: settings)
        self.monitor = MonitorConfiguration(reading: settings)
        self.optimizer = OptimizerConfiguration(reading: settings)
        self.processing = ProcessingSettings(reading: settings)
    }

    /// Whether the store may hold only so much, whatever room the disk has.
    var hasStoreLimit: Bool { self.storage.quota != nil || self.optimizer.sizeLimit.isEnabled }
}
