import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PurserTestSupport
import SystemPackage
import Testing

/// Kills the real server while a program runs, which goes on then: the next one ends it.
@Suite(.timeLimit(.minutes(3))) struct LeftoverCrashTests {
    private static let pipeline = """
        name: endless
        version: "1"
        steps:
          - name: sleeping
            uses: exec
            memory: 16MiB
            timeout: 10m
            with: {program: sh, arguments: ["%s/endless.sh", "%s/pids"]}

        """
    /// One that stays in its group, and one that leaves it.
    private static let script = """
        echo $$ >>"$1"
        setsid sh -c 'echo $$ >>"$0"; exec sleep 1000' "$1" &
        sleep 1000

        """

    @Test func programsOfAKilledServerAreEndedByTheNext() async throws {
        try await withTemporaryFolder { folder in
            let pipelines = folder.appending("pipelines")
            try FileManager.default.createDirectory(atPath: pipelines.string, withIntermediateDirectories: true)
            let text = Self.pipeline.replacing("%s", with: folder.string)
            try Data(text.utf8).write(to: URL(filePath: pipelines.appending("endless.yaml").string))
            try Data(Self.script.utf8).write(to: URL(filePath: folder.appending("endless.sh").string))
            let settings = ["processing.pipelines": pipelines.string, "storage.free_space_floor": "0B"]
            let store = folder.appending("store")
            let pids = folder.appending("pids").string
            try await HTTPClient.withHTTPClient { client in
                let killed = try ServerProcess(store: store, settings: settings)
                try await Self.send(.PUT, "/v1/buckets/default/files/a", "x", client, killed.url)
                try await Self.send(.POST, "/v1/jobs", #"{"pipeline":"endless","prefix":""}"#, client, killed.url)
                try await Self.eventually { Self.processes(in: pids).count == 2 }
                killed.kill()
                let left = Self.processes(in: pids)
                try #require(left.count == 2 && left.allSatisfy(Self.runs), "the programs must outlive the server")

                let next = try ServerProcess(store: store, settings: settings)
                try await Self.eventually { !left.contains(where: Self.runs) }
                // The file is begun again, and ends with the server.
                try await Self.eventually { Self.processes(in: pids).count == 4 }
                #expect(next.stop() == 0)
                #expect(Self.processes(in: pids).filter(Self.runs) == [])
            }
        }
    }

    /// Waits until something holds, for as long as the test may take.
    private static func eventually(_ holds: () -> Bool) async throws {
        while !holds() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    /// The programs that have begun, the oldest first.
    private static func processes(in file: String) -> [Int32] {
        let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").compactMap { Int32($0) }
    }

    /// Whether a process runs; one that has ended may still wait to be taken note of.
    private static func runs(_ process: Int32) -> Bool {
        guard let content = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
        let text = String(decoding: content, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return false }
        return text[end...].dropFirst(2).first != "Z"
    }

    private static func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String,
        _ client: HTTPClient,
        _ url: String
    ) async throws {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await client.execute(request, timeout: .seconds(30))
        try #require(response.status == .created || response.status == .accepted)
    }
}
