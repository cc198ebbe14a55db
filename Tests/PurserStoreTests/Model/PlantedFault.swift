import Foundation
import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserOptimizer
import PurserStore
import PurserTestSupport
import SystemPackage
import Testing

/// Something wrong that a run has to find and to mend.
enum PlantedFault: CaseIterable {
    /// A count of references that is too high.
    case references
    /// Counters of the store and of a bucket.
    case counters
    /// Bytes that no row names.
    case orphan
    /// Bytes of a content that are wrong, cut short or gone.
    case damage

    /// What the run is asked for.
    var strategies: Set<StrategyName> { self == .damage ? [.verification] : [.deduplication] }

    /// Where the report tells of it.
    var finding: (StrategyName, String) {
        switch self {
        case .references: (.deduplication, "wrong_references")
        case .counters: (.deduplication, "wrong_counters")
        case .orphan: (.deduplication, "blobs_without_row")
        case .damage: (.verification, "healed")
        }
    }

    /// Plants it.
    ///
    /// - Returns: Whether there was something to spoil.
    func plant(in store: OpenStore, _ model: StoreModel, _ random: inout SeededGenerator) async throws -> Bool {
        switch self {
        case .references:
            guard try store.files.totals().blobs > 0 else { return false }
            try await store.change(
                "UPDATE blob SET refs = refs + 2 WHERE id = (SELECT min(id) FROM blob WHERE state = 0)"
            )
        case .counters:
            try await store.change(
                "UPDATE total SET physicalBytes = physicalBytes + 5; UPDATE bucket SET physicalBytes = physicalBytes + 7"
            )
        case .orphan:
            let bytes = sample(5_000, seed: random.next())
            let path = try store.folder.layout.file(of: bytes.digest())
            try FileManager.default.createDirectory(
                atPath: path.removingLastComponent().string,
                withIntermediateDirectories: true
            )
            try Data(bytes.readableBytesView).write(to: URL(filePath: path.string))
        case .damage:
            let inFiles = model.files.sorted { $0.key < $1.key }.map(\.value).filter(\.isInFile)
            guard let content = inFiles.randomElement(using: &random),
                let record = try store.files.catalog.blob(content.digest)
            else { return false }
            let encoding = try #require(BlobEncoding(rawValue: record.encoding))
            let path = store.folder.layout.file(of: content.digest, encoding: encoding)
            try damageFile(path, ["missing", "cut short", "flipped"].randomElement(using: &random) ?? "missing")
        }
        return true
    }
}

extension StoreModel {
    /// Gives good bytes of every content that files have.
    var repairSource: RepairSource {
        let contents = Dictionary(self.files.values.map { ($0.digest, $0.bytes) }) { bytes, _ in bytes }
        return RepairSource(name: "model") { content in
            guard let bytes = contents[content.blob] else { return [] }
            return [
                {
                    RepairBytes { continuation in
                        for piece in bytes.pieces(of: 4_000) { continuation.yield(piece) }
                        continuation.finish()
                    }
                }
            ]
        }
    }
}

extension OpenStore {
    /// Changes the catalog as no release does.
    fileprivate func change(_ sql: String) async throws {
        let program = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1], timeout=10)
            db.executescript(sys.argv[2])
            db.commit()
            """
        let outcome = try await runTool("python3", ["-c", program, self.folder.layout.catalog.string, sql])
        try #require(outcome.status == 0, "\(outcome.output)")
    }
}
