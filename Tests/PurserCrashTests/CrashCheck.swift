import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PurserIdentifiers
import SystemPackage
import Testing

/// Compares a server that was started again with what clients know of their files, and with the optimizer's audit trail.
struct CrashCheck {
    /// A content under a name.
    private struct Version: Hashable {
        var key: String
        var sha256: String?
    }

    let store: FilePath
    let removesFiles: Bool
    let journal = Journal()
    /// How many files the optimizer has removed.
    private(set) var removals = 0
    private var lastRemoval = 0
    /// How often it removed each.
    private var removed: [Version: Int] = [:]

    init(store: FilePath, removesFiles: Bool) {
        self.store = store
        self.removesFiles = removesFiles
    }

    /// Every file is as acknowledged, or as the request without an answer would have made it, or was removed and the audit
    /// trail says so; what was removed stays away; and there are no others.
    mutating func check(_ workload: Workload, _ runs: OptimizerRuns, _ note: Comment) async throws {
        let new = try await self.readAuditTrail(runs)
        #expect(self.removesFiles || new.isEmpty, note)
        for (key, entry) in workload.journal.entries {
            let found = try await Self.read(key, workload)
            var candidates = [entry.acknowledged]
            if let pending = entry.pending { candidates.append(pending) }
            if let version = candidates.first(where: { $0?.blob == found }) {
                workload.journal.settle(key, version)
            } else if found == nil, candidates.contains(where: { new.contains(Version(key: key, sha256: $0?.sha256)) })
            {
                workload.journal.settle(key, nil)
            } else {
                Issue.record("\(key) is neither what was acknowledged nor what was under way: \(note)")
            }
            guard let content = workload.journal.entries[key]?.acknowledged else { continue }
            let version = Version(key: key, sha256: content.sha256)
            // Each time that it was stored it can be removed once.
            #expect(self.removed[version, default: 0] < entry.stores[content, default: 0], "\(key) is back: \(note)")
        }
        let listed = try await Self.list(workload)
        let expected = Set(workload.journal.entries.filter { $0.value.acknowledged != nil }.keys)
        #expect(listed == expected, note)
        let staging = try FileManager.default.contentsOfDirectory(atPath: self.store.appending("staging").string)
        #expect(staging.isEmpty, note)
    }

    /// - Returns: What was removed since the last look.
    private mutating func readAuditTrail(_ runs: OptimizerRuns) async throws -> Set<Version> {
        var new: Set<Version> = []
        for removal in try await runs.removals(after: self.lastRemoval) {
            let version = Version(key: removal.key, sha256: removal.sha256)
            new.insert(version)
            self.removed[version, default: 0] += 1
            self.removals += 1
            self.lastRemoval = max(self.lastRemoval, removal.number)
        }
        return new
    }

    private static func read(_ key: String, _ workload: Workload) async throws -> BlobID? {
        let request = HTTPClientRequest(url: workload.address(of: key))
        let response = try await workload.client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        guard response.status != .notFound else { return nil }
        #expect(response.status == .ok, "\(key)")
        let blob = try #require(Content.blob(of: body))
        return blob
    }

    private struct Listing: Decodable {
        struct File: Decodable { var key: String }
        var files: [File]
    }

    private static func list(_ workload: Workload) async throws -> Set<String> {
        let request = HTTPClientRequest(url: "\(workload.url)/v1/buckets/default/files")
        let response = try await workload.client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 24)
        return Set(try JSONDecoder().decode(Listing.self, from: Data(body.readableBytesView)).files.map(\.key))
    }

    /// Names of the files below `blobs/`.
    func blobs() throws -> [String] {
        let folder = self.store.appending("blobs").string
        return try FileManager.default.contentsOfDirectory(atPath: folder).flatMap { shard in
            try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(shard)")
        }
    }
}
