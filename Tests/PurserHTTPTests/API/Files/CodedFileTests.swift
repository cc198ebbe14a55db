import Foundation
import HTTPTypes
import NIOCore
import Purser
import PurserBlobs
import Testing

@testable import PurserHTTP

/// A content that is kept compressed goes as it is kept to those who take its coding, and decoded to all others.
@Suite(.timeLimit(.minutes(2)))
struct CodedFileTests {
    private static let content = String(repeating: "Purser keeps this compressed. ", count: 10_000)
    private static let small = String(repeating: "small and compressed, ", count: 50)

    /// Stores a file, and keeps it compressed.
    private static func store(
        _ key: String,
        _ content: String,
        as coding: ContentCoding,
        in api: TestAPI
    ) async throws -> FileRecord {
        try await api.store(key, content, ["Content-Type": "text/plain"])
        let file = try api.manager.file(in: .default, key: FileKey(key))
        let outcome = try await api.manager.store.reencode(file.blob, ReencodeRequest(coding: coding))
        try #require(file.coding == coding || outcome.result == .reencoded)
        return try api.manager.file(in: .default, key: FileKey(key))
    }

    private static func decode(_ body: ByteBuffer, _ coding: ContentCoding, size: Int) throws -> String {
        let bytes = Array(body.readableBytesView)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("purser-\(UUID())")
        defer { try? FileManager.default.removeItem(at: path) }  // of no more use
        try Data(bytes).write(to: path)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [coding.rawValue, "-dc"]
        process.standardInput = try FileHandle(forReadingFrom: path)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let decoded = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: decoded, as: UTF8.self)
    }

    @Test(arguments: ContentCoding.allCases)
    func clientThatTakesTheCodingGetsWhatIsKept(_ coding: ContentCoding) async throws {
        try await TestAPI.run { api in
            for (key, content) in [("large", Self.content), ("small", Self.small)] {
                let file = try await Self.store(key, content, as: coding, in: api)
                let accept: TestAPI.Fields = ["Accept-Encoding": "br, gzip, zstd"]
                let answer = try await api.file(.get, key, accept)
                #expect(answer.status == 200)
                #expect(answer["Content-Encoding"] == coding.rawValue)
                #expect(answer["Vary"] == "Accept-Encoding")
                #expect(answer.etag == "\"\(file.blob.hex)-\(coding.rawValue)\"")
                #expect(answer["Repr-Digest"] == nil)
                #expect(answer["Content-Type"] == "text/plain")
                #expect(answer["Content-Length"] == "\(file.storedSize)")
                #expect(Int64(answer.bytes.count) == file.storedSize)
                #expect(try Self.decode(answer.body, coding, size: content.utf8.count) == content)
                let head = try await api.file(.head, key, accept)
                for name in ["Content-Encoding", "Vary", "ETag", "Repr-Digest", "Content-Length", "Content-Type"] {
                    #expect(head[name] == answer[name], "\(name)")
                }
            }
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func otherClientsGetTheContent(_ coding: ContentCoding) async throws {
        let other = coding == .gzip ? "zstd" : "gzip"
        let cases: [TestAPI.Fields] = [
            [:], ["Accept-Encoding": "identity"], ["Accept-Encoding": other], ["Accept-Encoding": ""],
            ["Accept-Encoding": "\(coding.rawValue);q=0"], ["Accept-Encoding": "\(coding.rawValue);q=0.5, identity"],
            ["Accept-Encoding": "*;q=0"], ["Accept-Encoding": "*, \(coding.rawValue);q=0"],
            ["Accept-Encoding": "\(coding.rawValue);q=2"], ["Accept-Encoding": "\(coding.rawValue);level=3"],
        ]
        try await TestAPI.run { api in
            let large = try await Self.store("large", Self.content, as: coding, in: api)
            _ = try await Self.store("small", Self.small, as: coding, in: api)
            for fields in cases {
                for (key, content) in [("large", Self.content), ("small", Self.small)] {
                    let answer = try await api.file(.get, key, fields)
                    #expect(answer.text == content, "\(fields)")
                    #expect(answer["Content-Encoding"] == nil, "\(fields)")
                    #expect(answer["Vary"] == "Accept-Encoding")
                    #expect(answer["Repr-Digest"] != nil)
                    #expect(answer["Content-Length"] == "\(content.utf8.count)")
                }
                #expect(try await api.file(.head, "large", fields).etag == "\"\(large.blob.hex)\"")
            }
        }
    }

    @Test(arguments: [
        "gzip", "GZIP", "x-gzip", "*", "gzip;q=0.001", "gzip;q=1.000, identity;q=0.5", "identity;q=0, *",
        "br;q=1, gzip;q=0.2", "deflate , gzip ; q=0.9", "gzip, identity",
    ])
    func waysToTakeGzip(_ value: String) async throws {
        try await TestAPI.run { api in
            _ = try await Self.store("a", Self.small, as: .gzip, in: api)
            let answer = try await api.file(.get, "a", ["Accept-Encoding": value])
            #expect(answer["Content-Encoding"] == "gzip")
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func rangesAreThoseOfTheContent(_ coding: ContentCoding) async throws {
        try await TestAPI.run { api in
            let file = try await Self.store("a", Self.content, as: coding, in: api)
            let tag = "\"\(file.blob.hex)\""
            let answer = try await api.file(.get, "a", ["Accept-Encoding": coding.rawValue, "Range": "bytes=30-59"])
            #expect(answer.status == 206)
            #expect(answer.text == "Purser keeps this compressed. ")
            #expect(answer["Content-Encoding"] == nil)
            #expect(answer["Content-Range"] == "bytes 30-59/300000")
            #expect(answer.etag == tag)
            #expect(answer["Repr-Digest"] != nil)
            // A part of the content goes with a part of the content only.
            for (condition, status) in [(tag, 206), ("\"\(file.blob.hex)-\(coding.rawValue)\"", 200)] {
                let fields: TestAPI.Fields = [
                    "Accept-Encoding": coding.rawValue, "Range": "bytes=0-9", "If-Range": condition,
                ]
                let answer = try await api.file(.get, "a", fields)
                #expect(answer.status == status)
                #expect(answer["Content-Encoding"] == (status == 200 ? coding.rawValue : nil))
            }
        }
    }

    @Test func clientThatHasAFormItCanUseIsNotSentAnother() async throws {
        try await TestAPI.run { api in
            let file = try await Self.store("a", Self.content, as: .zstd, in: api)
            let (identity, zstd, gzip) = (
                "\"\(file.blob.hex)\"", "\"\(file.blob.hex)-zstd\"", "\"\(file.blob.hex)-gzip\""
            )
            // What the client takes, what it has, and the tag of the answer where it needs nothing else.
            let cases: [(String, String, String?)] = [
                ("zstd", zstd, zstd), ("zstd", identity, identity), ("zstd", "\(identity), \(zstd)", zstd),
                ("zstd", "W/\(zstd)", zstd), ("zstd", "*", zstd), ("gzip", "*", identity), ("gzip", gzip, gzip),
                ("gzip", zstd, nil), ("", zstd, nil), ("", identity, identity),
                ("zstd", "\"\(file.blob.hex)-br\"", nil),
            ]
            for (accepted, condition, tag) in cases {
                for method in [HTTPRequest.Method.get, .head] {
                    let fields: TestAPI.Fields = ["Accept-Encoding": accepted, "If-None-Match": condition]
                    let answer = try await api.file(method, "a", fields)
                    #expect(answer.status == (tag == nil ? 200 : 304), "\(accepted), \(condition)")
                    if let tag { #expect(answer.etag == tag, "\(accepted), \(condition)") }
                    #expect(answer["Vary"] == "Accept-Encoding")
                }
            }
        }
    }

    @Test func conditionsOfWritesTakeEitherForm() async throws {
        try await TestAPI.run { api in
            for suffix in ["", "-zstd", "-gzip"] {
                let file = try await Self.store("a", Self.content, as: .zstd, in: api)
                let tag = "\"\(file.blob.hex)\(suffix)\""
                let read = try await api.file(.get, "a", ["If-Match": tag])
                #expect(read.status == 200)
                try await api.expectRefused(
                    412,
                    "precondition_failed",
                    .put,
                    TestAPI.target(of: "a"),
                    ["If-None-Match": tag],
                    "new"
                )
                #expect(try await api.file(.put, "a", ["If-Match": tag], "new").status == 200)
                let unknown = try await api.file(.delete, "a", ["If-Match": tag])
                #expect(unknown.status == 412)
            }
        }
    }

    @Test func verifiedReadsAreDecoded() async throws {
        try await TestAPI.run({ $0.storage.verifiesReads = true }) { api in
            _ = try await Self.store("a", Self.content, as: .zstd, in: api)
            for method in [HTTPRequest.Method.get, .head] {
                let answer = try await api.file(method, "a", ["Accept-Encoding": "zstd"])
                #expect(answer["Content-Encoding"] == nil)
                #expect(answer["Content-Length"] == "300000")
            }
            #expect(try await api.file(.get, "a", ["Accept-Encoding": "zstd"]).text == Self.content)
        }
    }

    /// Over a socket, where files are sent by the system.
    @Test(arguments: ContentCoding.allCases)
    func curlReadsAll(_ coding: ContentCoding) async throws {
        try await LiveAPI.run { api in
            let lines = (0..<400_000).map { "line \($0) of a log\n" }.joined()
            let key = try FileKey("log")
            try await api.manager.upload(to: .default, key: key, bytes: lines.utf8)
            let file = try api.manager.file(in: .default, key: key)
            try await api.manager.store.reencode(file.blob, ReencodeRequest(coding: coding))
            let url = "http://127.0.0.1:\(api.port)/v1/buckets/default/files/log"
            let expected = Data(lines.utf8)
            #expect(try await Self.curl(url) == expected)
            #expect(try await Self.curl("--compressed", url) == expected)
            let raw = try await Self.curl("-H", "Accept-Encoding: \(coding.rawValue)", url)
            #expect(raw.count < expected.count / 3)
            #expect(try await Self.curl("-r", "5000000-5000099", url) == expected[5_000_000..<5_000_100])
            if coding == .gzip {
                let program = """
                    import gzip, sys, urllib.request
                    request = urllib.request.Request(sys.argv[1], headers={"Accept-Encoding": "gzip"})
                    with urllib.request.urlopen(request) as answer:
                        sys.stdout.buffer.write(gzip.GzipFile(fileobj=answer).read())
                    """
                #expect(try await Self.run("python3", ["-c", program, url]) == expected)
            }
            let head = String(decoding: try await Self.curl("-I", "--compressed", url), as: UTF8.self)
            #expect(head.lowercased().contains("content-encoding: \(coding.rawValue)"))
            #expect(head.lowercased().contains("content-length: \(raw.count)"))
        }
    }

    private static func curl(_ arguments: String...) async throws -> Data {
        try await self.run("curl", ["-sS", "--fail"] + arguments)
    }

    /// Runs a program, and holds no thread meanwhile that the server may need.
    private static func run(_ program: String, _ arguments: [String]) async throws -> Data {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("purser-\(UUID())")
        defer { try? FileManager.default.removeItem(at: path) }  // of no more use
        try Data().write(to: path)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = try FileHandle(forWritingTo: path)
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        try #require(status == 0)
        return try Data(contentsOf: path)
    }
}
