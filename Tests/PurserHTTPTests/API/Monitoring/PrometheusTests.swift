import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Purser
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// A real Prometheus scrapes the service, and knows what happened.
    @Suite(.timeLimit(.minutes(2))) struct PrometheusTests {
        /// A Prometheus of its own on a free port, which ends with the body.
        private static func withPrometheus(
            scraping port: Int,
            _ body: (_ url: String) async throws -> Void
        ) async throws {
            try await withTemporaryFolder { folder in
                let configuration = """
                    global: {scrape_interval: 1s, scrape_timeout: 1s}
                    scrape_configs:
                      - job_name: purser
                        static_configs: [{targets: ["127.0.0.1:\(port)"]}]
                    """
                let file = folder.appending("prometheus.yml").string
                try configuration.write(toFile: file, atomically: true, encoding: .utf8)
                let log = URL(filePath: folder.appending("log").string)
                try Data().write(to: log)
                let process = Process()
                process.executableURL = URL(filePath: PrometheusTools.prometheus)
                let free = try await Self.freePort()
                process.arguments = [
                    "--config.file=\(file)", "--storage.tsdb.path=\(folder.appending("data"))",
                    "--web.listen-address=127.0.0.1:\(free)", "--log.level=warn",
                ]
                process.standardOutput = FileHandle.nullDevice
                process.standardError = try FileHandle(forWritingTo: log)
                let (ended, end) = AsyncStream<Void>.makeStream()
                process.terminationHandler = { _ in end.finish() }
                try process.run()
                let result: Result<Void, any Error>
                do {
                    result = .success(try await body("http://127.0.0.1:\(free)"))
                } catch {
                    result = .failure(error)
                    Issue.record("Prometheus said: \(try String(contentsOf: log, encoding: .utf8).suffix(2_000))")
                }
                process.terminate()
                for await _ in ended {}
                try result.get()
            }
        }

        /// A port that was free a moment ago: Prometheus does not tell which one it takes itself.
        private static func freePort() async throws -> Int {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: 0).get()
            let port = try #require(channel.localAddress?.port)
            try await channel.close()
            return port
        }

        /// What Prometheus answers to a query: the values by kind and state.
        private static func query(_ url: String, _ query: String) async throws -> [String: Double]? {
            var request = HTTPClientRequest(url: "\(url)/api/v1/query")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: "query=\(query)"))
            let response: HTTPClientResponse
            do {
                response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
            } catch {
                return nil  // it does not listen yet
            }
            guard response.status == .ok else { return nil }
            let body = try await response.body.collect(upTo: 1 << 20)
            let results = try JSONValue(json: body.readableBytesView)["data", "result"]?.elements ?? []
            let pairs = results.compactMap { result -> (String, Double)? in
                let labels = ["kind", "state"].compactMap { result["metric", $0]?.text }.joined(separator: " ")
                guard let value = result["value"]?.elements.last?.text.flatMap(Double.init) else { return nil }
                return (labels, value)
            }
            return Dictionary(pairs) { $1 }
        }

        @Test(.disabled(if: PrometheusTools.areSkipped, "PURSER_SKIP_PROMETHEUS is set"))
        func prometheusKnowsWhatHappened() async throws {
            try #require(PrometheusTools.problem == nil, "\(PrometheusTools.problem ?? "")")
            try await LiveAPI.run { api in
                for number in 0..<3 { try await api.store("\(number)", "hello \(number)") }
                #expect(try await api.call("GET", "/v1/buckets/default/files/1").body == "hello 1")
                try await api.isAtRest()
                try await Self.withPrometheus(scraping: api.port) { url in
                    let deadline = ContinuousClock.now + .seconds(60)
                    var found: [String: Double] = [:]
                    while found.isEmpty {
                        guard ContinuousClock.now < deadline else { throw Overdue(what: "Prometheus has scraped") }
                        found = try await Self.query(url, "purser_operations_total") ?? [:]
                        if found.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
                    }
                    #expect(found["upload succeeded"] == 3 && found["download succeeded"] == 1)
                    #expect(found["upload failed"] == 0)
                    #expect(try await Self.query(url, "up") == ["": 1])
                    #expect(try await Self.query(url, "purser_files") == ["": 3])
                }
            }
        }
    }
}
