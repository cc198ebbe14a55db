import Foundation
import Logging
import PurserIdentifiers

@testable import PurserCatalog

/// A catalog in a folder of its own, which goes with the test.
struct CatalogFixture {
    let path: String
    let catalog: Catalog

    /// Runs a test on a new catalog and closes it afterwards.
    static func run(
        _ configuration: CatalogConfiguration = CatalogConfiguration(),
        _ body: (Catalog) async throws -> Void
    ) async throws {
        try await Self.inFolder { folder in
            let catalog = try Self.open(folder + "/catalog.sqlite", configuration)
            try await body(catalog)
            try await catalog.close()
        }
    }

    /// Runs a test with a folder of its own.
    static func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("purser-catalog-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(folder.path))
        } catch {
            outcome = .failure(error)
        }
        try FileManager.default.removeItem(at: folder)
        try outcome.get()
    }

    static func open(
        _ path: String,
        _ configuration: CatalogConfiguration = CatalogConfiguration()
    ) throws -> Catalog {
        try Catalog.open(at: path, configuration: configuration, logger: .quiet, time: .second(0))
    }
}

extension Logger {
    /// Keeps the expected failures of tests out of their output.
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension Date {
    static func second(_ seconds: Int) -> Date { Date(timeIntervalSince1970: 1_700_000_000 + Double(seconds)) }
}

extension BlobID {
    /// An id that stands for the content of that number.
    static func sample(_ number: Int) -> BlobID {
        let word = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        guard let id = BlobID(bytes: word + word.reversed() + word + word) else { preconditionFailure("32 bytes") }
        return id
    }
}

extension NewFile {
    /// A file whose content, of `size` bytes in the catalog itself, goes by a number.
    static func sample(
        _ key: String,
        _ number: Int = 1,
        size: Int = 10,
        content: Content? = nil,
        in bucket: BucketName = .default,
        if precondition: WritePrecondition = .none,
        at second: Int = 1
    ) throws -> NewFile {
        NewFile(
            bucket: bucket,
            key: try FileKey(key),
            blob: .sample(number),
            size: Int64(size),
            content: content ?? .inline(Data(repeating: UInt8(truncatingIfNeeded: number), count: size)),
            precondition: precondition,
            at: .second(second)
        )
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
