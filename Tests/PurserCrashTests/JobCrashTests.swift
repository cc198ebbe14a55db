import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

/// Kills the real server while it processes a job, and looks whether each file is done once.
@Suite(.timeLimit(.minutes(10))) struct JobCrashTests {
    private static let files = 30

    /// Two programs, each of which notes the file that it begins: the one makes a result, the other takes a while.
    ///
    /// They declare little memory, so that several files are under way at the same time.
    private static let pipeline = """
        name: marked
        version: "1"
        steps:
          - name: first
            uses: exec
            memory: 16MiB
            with:
              program: sh
              arguments: ["%s/first.sh", "{input}", "%s/log", "{sha256}", "{output:first.txt}"]
              outputs: [{name: first.txt, content_type: text/plain}]
          - name: second
            uses: exec
            memory: 16MiB
            with:
              program: sh
              arguments: ["%s/second.sh", "{step.first.file}", "%s/log", "{sha256}", "{output:second.txt}"]
              outputs: [{name: second.txt, content_type: text/plain}]

        """
    private static let first = "cp \"$1\" \"$4\" && echo \"first $3\" >>\"$2\"\n"
    /// Takes longer for some than for others, so that a kill meets files at all stages.
    private static let second = """
        echo "second $3" >>"$2" && sleep "0.$(printf %s "$3" | tr -dc 1-9 | head -c 1)" && cp "$1" "$4"

        """

    @Test func eachFileIsDoneOnceWhateverIsKilled() async throws {
        try await withTemporaryFolder { folder in
            let pipelines = folder.appending("pipelines")
            try FileManager.default.createDirectory(atPath: pipelines.string, withIntermediateDirectories: true)
            let text = Self.pipeline.replacing("%s", with: folder.string)
            try Data(text.utf8).write(to: URL(filePath: pipelines.appending("marked.yaml").string))
            try Data(Self.first.utf8).write(to: URL(filePath: folder.appending("first.sh").string))
            try Data(Self.second.utf8).write(to: URL(filePath: folder.appending("second.sh").string))
            var configuration = HTTPClient.Configuration()
            configuration.connectionPool.retryConnectionEstablishment = false
            try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                try await self.run(in: folder, client)
            }
        }
    }

    private func run(in folder: FilePath, _ client: HTTPClient) async throws {
        let settings = [
            "processing.pipelines": folder.appending("pipelines").string, "storage.free_space_floor": "0B",
            "processing.workers": "4", "processing.batch": "2",
        ]
        let store = folder.appending("store")
        let log = folder.appending("log")
        var server = try ServerProcess(store: store, settings: settings)
        for number in 0..<Self.files {
            try await Self.put("in/\(number)", "content of file \(number)", client, server.url)
        }
        let id = try await Self.start(client, server.url)
        // For each kill, how often the programs of files had begun whose turn was over.
        var firsts: [[String: Int]] = []
        var seconds: [[String: Int]] = []
        var underWay = 0
        for target in [8, 18] {
            while try await Self.job(id, client, server.url).files.succeeded < target { await Task.yield() }
            let report = try await Self.report(id, client, server.url)
            server.kill()
            try #require(report.job.state == "running", "the kill must meet the job")
            let done = try report.items.filter { $0.state == "succeeded" }.map { try Self.mark($0.key) }
            let marks = (first: try Self.marks("first", in: log), second: try Self.marks("second", in: log))
            #expect(done.count >= target)
            underWay += marks.second.count - done.count
            firsts.append(marks.first.filter { marks.second[$0.key] != nil })
            seconds.append(marks.second.filter { done.contains($0.key) })
            server = try ServerProcess(store: store, settings: settings)
        }
        #expect(underWay > 0, "no kill met a step: the test proves nothing")
        while try await Self.job(id, client, server.url).isOver == false { await Task.yield() }

        let report = try await Self.report(id, client, server.url)
        #expect(report.job.state == "succeeded" && report.job.files.succeeded == Self.files)
        #expect(report.items.map(\.key) == (0..<Self.files).map { "in/\($0)" }, "no row is missing, none comes twice")
        for item in report.items {
            #expect(item.state == "succeeded" && item.steps.map(\.name) == ["first", "second"], "\(item.key)")
            let keys = ["first.txt", "second.txt"].map { ".derived/marked/\(item.key)/\($0)" }
            #expect(item.outputs.map(\.key) == keys)
        }
        let outputs = try await Self.list(".derived/", client, server.url)
        #expect(outputs == Set(report.items.flatMap(\.outputs).map(\.key)) && outputs.count == 2 * Self.files)

        let all = (first: try Self.marks("first", in: log), second: try Self.marks("second", in: log))
        #expect(all.first.count == Self.files && all.second.count == Self.files)
        for (mark, count) in firsts.flatMap(\.self) {
            #expect(all.first[mark] == count, "the first step of \(mark) had ended, and was done again")
        }
        for (mark, count) in seconds.flatMap(\.self) {
            #expect(all.second[mark] == count, "\(mark) was done, and was done again")
        }
        #expect(server.stop() == 0)
        let scratch = try FileManager.default.subpathsOfDirectory(atPath: store.appending("temp").string)
        #expect(scratch.isEmpty, "no scratch file is left")
    }

    /// How often a program has begun, by the files' digests.
    private static func marks(_ step: String, in log: FilePath) throws -> [String: Int] {
        let text = String(decoding: try Data(contentsOf: URL(filePath: log.string)), as: UTF8.self)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("\(step) ") }
        return Dictionary(lines.map { (String($0.dropFirst(step.count + 1)), 1) }, uniquingKeysWith: +)
    }

    /// The digest of the file of a key.
    private static func mark(_ key: String) throws -> String {
        try #require(Content.blob(of: ByteBuffer(string: "content of file \(key.dropFirst(3))"))).hex
    }

    private static func put(_ key: String, _ text: String, _ client: HTTPClient, _ url: String) async throws {
        var request = HTTPClientRequest(url: "\(url)/v1/buckets/default/files/\(key)")
        request.method = .PUT
        request.body = .bytes(ByteBuffer(string: text))
        let response = try await client.execute(request, timeout: .seconds(30))
        try #require(response.status == .created)
    }

    private struct Job: Decodable {
        struct Files: Decodable { var succeeded: Int }
        var id: String
        var state: String
        var files: Files
        var isOver: Bool { self.state != "queued" && self.state != "running" }
    }

    private struct Report: Decodable {
        struct Item: Decodable {
            struct Step: Decodable { var name: String }
            struct Output: Decodable { var key: String }
            var key: String
            var state: String
            var steps: [Step]
            var outputs: [Output]
        }

        var job: Job
        var items: [Item]
    }

    private static func start(_ client: HTTPClient, _ url: String) async throws -> String {
        let inputs = (0..<Self.files).map { #"{"key":"in/\#($0)"}"# }.joined(separator: ",")
        var request = HTTPClientRequest(url: "\(url)/v1/jobs")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: #"{"pipeline":"marked","inputs":[\#(inputs)]}"#))
        let response = try await client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        try #require(response.status == .accepted, "\(String(buffer: body))")
        return try JSONDecoder().decode(Job.self, from: Data(body.readableBytesView)).id
    }

    private static func document<Document: Decodable>(
        _ path: String,
        _ client: HTTPClient,
        _ url: String
    ) async throws -> Document {
        let response = try await client.execute(HTTPClientRequest(url: url + path), timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 4 << 20)
        return try JSONDecoder().decode(Document.self, from: Data(body.readableBytesView))
    }

    private static func job(_ id: String, _ client: HTTPClient, _ url: String) async throws -> Job {
        try await self.document("/v1/jobs/\(id)", client, url)
    }

    private static func report(_ id: String, _ client: HTTPClient, _ url: String) async throws -> Report {
        try await self.document("/v1/jobs/\(id)/report", client, url)
    }

    private struct Listing: Decodable {
        struct File: Decodable { var key: String }
        var files: [File]
    }

    private static func list(_ prefix: String, _ client: HTTPClient, _ url: String) async throws -> Set<String> {
        let listing: Listing = try await self.document("/v1/buckets/default/files?prefix=\(prefix)", client, url)
        return Set(listing.files.map(\.key))
    }
}
