import Foundation
import Logging
import PurserIdentifiers
import PurserOperations
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserCLI
@testable import PurserHTTP

/// Lines of requests look as all other lines do.
@Suite(.timeLimit(.minutes(1)))
struct RequestLogTests {
    private static let records: [RequestRecord] = {
        let id = OperationID(at: Date(timeIntervalSince1970: 1_700_000_000))
        let plain = RequestRecord(
            id: "r-1",
            client: "127.0.0.1",
            method: "GET",
            route: "/v1/system",
            status: 200,
            duration: .milliseconds(12)
        )
        var whole = plain
        whole.bytes = 4_096
        whole.operation = .init(id: id, kind: .download, state: .succeeded, waited: .microseconds(1_500))
        var strange = plain
        strange.method = "A B\"=\\\n"
        strange.client = ""
        strange.duration = .zero
        return [plain, whole, strange]
    }()

    /// What is written by a body that gets a sink.
    private func lines(_ body: (LogSink) -> Void) throws -> [String] {
        try withTemporaryFolder { folder in
            let path = folder.appending("log")
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .append],
                permissions: [.ownerReadWrite]
            )
            let sink = LogSink(file)
            body(sink)
            sink.flush()
            return try String(contentsOfFile: path.string, encoding: .utf8).split(separator: "\n").map(String.init)
        }
    }

    @Test(arguments: LogFormat.allCases, 0..<3)
    func lineIsAsALoggerWritesIt(_ format: LogFormat, _ number: Int) throws {
        let record = Self.records[number]
        let lines = try self.lines { sink in
            RequestLog(format: format, level: .info, sink: sink).write(record)
            let logger = Logger(label: "test") { ServiceLogHandler(label: $0, format: format, sink: sink) }
            logger.info("request", metadata: record.metadata)
        }
        try #require(lines.count == 2)
        func withoutTime(_ line: String) -> String {
            line.replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z/, with: "TIME")
        }
        #expect(withoutTime(lines[0]) == withoutTime(lines[1]))
        #expect(lines[0] != withoutTime(lines[0]))
        guard format == .json else { return }
        let object = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
        #expect(object?["http.method"] as? String == record.method)
        #expect(object?["http.status"] as? Int == 200)
        #expect(object?["purser.bytes"] as? Int == record.bytes.map(Int.init))
    }

    @Test
    func nobodyIsToldBelowTheLevel() throws {
        _ = try self.lines { sink in
            #expect(RequestLog(format: .plain, level: .info, sink: sink).isHeard)
            #expect(!RequestLog(format: .plain, level: .notice, sink: sink).isHeard)
        }
    }
}
