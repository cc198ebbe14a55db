import Foundation
import Purser
import SystemPackage
import Testing

@testable import PurserCLI

/// Servers that are none of ours, or not of our version.
@Suite("Other servers", .timeLimit(.minutes(1)))
struct ForeignServerTests {
    /// Answers every connection with the same text, until its standard input ends.
    private static let script = """
        import socket, sys, threading
        server = socket.create_server(("127.0.0.1", 0))
        print(server.getsockname()[1], flush=True)
        def serve():
            while True:
                connection, _ = server.accept()
                connection.recv(65536)
                connection.sendall(sys.argv[1].encode())
                connection.close()
        threading.Thread(target=serve, daemon=True).start()
        sys.stdin.read()
        """

    /// A server that gives one answer for the time of the body.
    private func serve(_ answer: String, _ body: (String) async throws -> Void) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, answer]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { try? input.fileHandleForWriting.close() }
        var port = ""
        while !port.hasSuffix("\n"), let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            port += String(decoding: byte, as: UTF8.self)
        }
        try await body("http://127.0.0.1:\(try #require(Int(port.dropLast())))")
    }

    private func http(_ status: String, server: String?, body: String, fields: String = "") -> String {
        let server = server.map { "Server: \($0)\r\n" } ?? ""
        return
            "HTTP/1.1 \(status)\r\n\(server)\(fields)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    }

    @Test(arguments: ["200 OK", "204 No Content", "404 Not Found", "403 Forbidden"])
    func anotherServerIsNotTakenForOurs(_ status: String) async throws {
        let body = status.hasPrefix("204") ? "" : "<html>"
        try await self.serve(self.http(status, server: "nginx/1.22.1", body: body)) { url in
            try await RemoteService.connect(to: url) { service in
                let errors = [
                    await #expect(throws: CommandError.self) { try await service.delete(FilePlace("k")) },
                    await #expect(throws: CommandError.self) { try await service.buckets() },
                ]
                for error in errors {
                    #expect(error?.code == "not_purser")
                    #expect(error?.message.contains("'nginx/1.22.1'") == true)
                }
            }
        }
    }

    @Test func whatSpeaksNoHTTPIsSaidNotTo() async throws {
        try await self.serve("SSH-2.0-OpenSSH_9.2p1\r\n") { url in
            let error = await #expect(throws: CommandError.self) {
                try await RemoteService.connect(to: url) { try await $0.buckets() }
            }
            #expect(error?.code == "not_purser")
            #expect(error?.message.contains("does not speak HTTP") == true)
        }
    }

    @Test func aPlainServerIsNotAskedInSecret() async throws {
        try await self.serve(self.http("200 OK", server: nil, body: "")) { url in
            let error = await #expect(throws: CommandError.self) {
                try await RemoteService.connect(to: "https" + url.dropFirst("http".count)) { try await $0.buckets() }
            }
            #expect(error?.code == "not_purser")
            #expect(error?.message.contains("begins with http://") == true)
        }
    }

    @Test(arguments: [("purser/99.0.0", 1), ("purser/\(PurserVersion.current)", 0), ("purser/0.1.9 (x)", 0)])
    func anotherVersionIsToldOnce(_ product: String, _ notes: Int) async throws {
        try await self.serve(self.http("200 OK", server: product, body: #"{"buckets":[]}"#)) { url in
            let captured = Console.captured()
            try await RemoteService.connect(to: url, onNote: { captured.console.note($0) }) { service in
                for _ in 1...2 {
                    let buckets = try await service.buckets()
                    #expect(buckets.isEmpty)
                }
            }
            let lines = captured.diagnostics.split(separator: "\n")
            #expect(lines.count == notes)
            #expect(lines.allSatisfy { $0.contains("99.0.0") && $0.contains(PurserVersion.current) })
        }
    }

    @Test func aProxyMaySpeakForPurser() async throws {
        let answer = self.http("200 OK", server: "nginx", body: #"{"buckets":[]}"#, fields: "X-Request-Id: 1\r\n")
        try await self.serve(answer) { url in
            try await RemoteService.connect(to: url) { service in
                let buckets = try await service.buckets()
                #expect(buckets.isEmpty)
            }
        }
    }

    @Test(arguments: [
        ("0.1.0", "0.1.7", true), ("0.1.0", "0.2.0", false), ("1.0.0", "1.9.0", true), ("1.0.0", "2.0.0", false),
        ("0.1.0", "1.1.0", false), ("0.1.0-beta", "0.1.0", true), ("", "0.1.0", false),
    ])
    func versionsAreComparedByWhatTheyPromise(_ one: String, _ other: String, _ isSame: Bool) {
        #expect(ServerIdentity.isOfThisKind(one, as: other) == isSame)
    }
}
