import Foundation
import NIOHTTP1
import Purser
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserHTTP

/// A real disk that is really full while the optimizer works.
///
/// Needs the right to mount one; where that is missing, the suite is skipped.
@Suite(.enabled(if: SmallDisk.isMountable, "no right to mount a disk"), .timeLimit(.minutes(2)))
struct SmallDiskOptimizerTests {
    /// Takes all room but some.
    private static func fill(_ disk: FilePath, leaving bytes: Int) throws -> URL {
        let balloon = URL(filePath: disk.appending("balloon").string)
        _ = FileManager.default.createFile(atPath: balloon.path, contents: nil)
        let handle = try FileHandle(forWritingTo: balloon)
        let space = try FileManager.default.attributesOfFileSystem(forPath: disk.string)
        let free = (space[.systemFreeSize] as? NSNumber)?.intValue ?? 0
        try handle.write(contentsOf: Data(count: max(0, free - bytes)))
        try handle.close()
        return balloon
    }

    /// A little room lets a run begin and find out; none at all lets no run begin.
    @Test(arguments: [600_000, 0])
    func fullDiskLeavesAllAsItWasAndTheRunSaysSo(_ room: Int) async throws {
        try await SmallDisk.run(megabytes: 32) { disk in
            let files = (0..<3).map { ("\($0)", OptimizerSample.noise(bytes: 1_000_000, seed: UInt64($0)) + Self.text) }
            try await OptimizerClient.run {
                $0.storage.path = disk.appending("store")
                $0.storage.freeSpaceFloor = 0
            } _: { client in
                for (key, content) in files { try await client.store(key, content) }
                let before = try client.api.manager.systemMetrics().storage
                let balloon = try Self.fill(disk, leaving: room)
                let answer = try await client.send(.POST, "/v1/optimizer/runs", [:], Data(Self.request.utf8))
                if answer.status == 202 {
                    let run = try await client.end(of: answer.document(OptimizerRunDocument.self))
                    #expect(run.state == "failed" && run.strategies["compression"]?.failure == "store_full")
                    #expect(run.spaceSavedBytes == 0)
                } else {
                    #expect(answer.status == 507 && answer.code == "store_full" && room == 0)
                }
                #expect(try client.api.manager.systemMetrics().storage.physicalBytes == before.physicalBytes)
                try await Self.expectSame(files, client)
                try FileManager.default.removeItem(at: balloon)
                try await client.store("new", Data("new".utf8))
                let run = try await client.run(Self.request)
                #expect(run.state == "succeeded" && run.filesProcessed == 3)
                try await Self.expectSame(files, client)
            }
        }
    }

    /// What does not fit is an error of its own, and what does is compressed.
    @Test func contentThatDoesNotFitStopsNoOther() async throws {
        try await SmallDisk.run(megabytes: 32) { disk in
            let large = ("large", OptimizerSample.noise(bytes: 1_000_000, seed: 1) + Self.text)
            let small = (0..<4).map { ("small-\($0)", OptimizerSample.log(bytes: 150_000, seed: UInt64(10 + $0))) }
            let files = [large] + small
            try await OptimizerClient.run {
                $0.storage.path = disk.appending("store")
                $0.storage.freeSpaceFloor = 0
            } _: { client in
                for (key, content) in files { try await client.store(key, content) }
                let balloon = try Self.fill(disk, leaving: 600_000)
                let run = try await client.run(Self.request)
                #expect(run.state == "succeeded" && run.strategies["compression"]?.failure == nil)
                #expect(run.strategies["compression"]?.errors == ["store_full": 1])
                #expect(run.filesProcessed == 4 && run.spaceSavedBytes > 0)
                try await Self.expectSame(files, client)
                try FileManager.default.removeItem(at: balloon)
                let rest = try await client.run(Self.request)
                #expect(rest.state == "succeeded" && rest.filesProcessed == 1)
                #expect(rest.strategies["compression"]?.errors == [:])
                try await Self.expectSame(files, client)
            }
        }
    }

    private static let request = #"{"strategies":["compression"]}"#
    /// So much of it that a content is worth compressing, and its second form does not fit in what is left.
    private static let text = OptimizerSample.log(bytes: 1_500_000, seed: 1)

    private static func expectSame(_ files: [(String, Data)], _ client: OptimizerClient) async throws {
        for (key, content) in files {
            let read = try await client.send(.GET, OptimizerClient.target(of: key))
            #expect(read.status == 200 && read.body == content, "\(key)")
        }
    }
}
