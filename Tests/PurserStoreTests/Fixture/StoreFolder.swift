import PurserBlobs
import PurserCatalog
import PurserOperations
import PurserStore
import PurserTestSupport
import SystemPackage

/// A storage folder on a disk that can fail.
///
/// Stores are opened on it one after the other.
/// The catalog does not go through the disk that fails: what it has committed counts as durable.
struct StoreFolder: Sendable {
    /// The limit that the tests use, so that contents on both sides of it are small.
    static let inlineLimit = 4096

    let path: FilePath
    let disk: FaultyFileSystem
    let time = TestTime()
    var configuration = StoreConfiguration()
    var observers = StoreObservers()
    /// Told how long calls to the disk took, where somebody is to be.
    var onDiskCall: TimedFileSystem.Observer?

    fileprivate init(in folder: FilePath, canLosePower: Bool) throws {
        let spare = folder.appending("spare")
        try LocalFileSystem().createDirectory(spare)
        self.path = folder.appending("storage")
        self.disk = FaultyFileSystem(spare: canLosePower ? spare : nil)
        self.configuration.path = self.path
        self.configuration.inlineLimit = Self.inlineLimit
        self.configuration.freeSpaceFloor = 0
    }

    var layout: StoreLayout { StoreLayout(root: self.path) }

    /// Opens the store, with a resource manager that measures its disk.
    func open() async throws -> OpenStore {
        let time = self.time
        let files = try await FileStore.open(
            self.configuration,
            fileSystem: self.onDiskCall.map { TimedFileSystem(self.disk, observer: $0) } ?? self.disk,
            observers: self.observers,
            now: { time.now() },
            logger: quiet
        )
        let tracker = ProgressTracker()
        let resources = ResourceManager(
            tracker: tracker,
            disk: DiskSpace { DiskSpaceFigures(availableBytes: try files.space().uploadableBytes) },
            logger: quiet
        )
        return OpenStore(folder: self, files: files, tracker: tracker, resources: resources)
    }

    /// Names of all files under `blobs/`, looked at without the disk that fails.
    func blobFiles() throws -> [String] {
        let local = LocalFileSystem()
        return try local.entries(of: self.layout.blobs).flatMap { shard in
            try local.entries(of: self.layout.blobs.appending(shard)).map(\.string)
        }
    }

    /// Names of all files under `staging/`.
    func stagingFiles() throws -> [String] {
        try LocalFileSystem().entries(of: self.layout.staging).map(\.string)
    }
}

/// Gives a test a storage folder that is not there yet.
///
/// Only a disk that remembers what was not synchronized can lose power, and remembering takes time.
func withStoreFolder(
    canLosePower: Bool = false,
    _ change: (inout StoreConfiguration) -> Void = { _ in },
    _ body: (StoreFolder) async throws -> Void
) async throws {
    try await withTemporaryFolder { temporary in
        var folder = try StoreFolder(in: temporary, canLosePower: canLosePower)
        change(&folder.configuration)
        try await body(folder)
    }
}

/// Gives a test an open store in a folder of its own, and closes it.
func withStore(
    _ change: (inout StoreConfiguration) -> Void = { _ in },
    _ body: (OpenStore) async throws -> Void
) async throws {
    try await withStoreFolder(change) { folder in
        let store = try await folder.open()
        try await body(store)
        folder.disk.heal()
        try await store.files.close()
    }
}
