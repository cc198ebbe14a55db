import Foundation
import PurserProcessing
import SystemPackage

/// A server in Python that takes posts on the loopback interface, and answers as the path says.
struct Receiver {
    /// What came.
    struct Post: Decodable {
        var path: String
        var headers: [String: String]
        var body: String
    }

    let port: Int
    private let log: String

    /// What came until now.
    var posts: [Post] {
        get throws {
            let lines = (try? String(contentsOfFile: self.log, encoding: .utf8))?.split(separator: "\n") ?? []
            return try lines.map { try JSONDecoder().decode(Post.self, from: Data($0.utf8)) }
        }
    }

    /// Serves for as long as the body runs.
    static func serve(_ bench: Bench, _ body: (Receiver) async throws -> Void) async throws {
        let log = bench.folder.appending("posts").string
        let (started, start) = AsyncStream<Int>.makeStream()
        var command = bench.python(Self.script)
        command.arguments.append(log)
        command.progress = { _, message in message.flatMap { Int($0) }.map { _ = start.yield($0) } }
        let server = Task { [command] in try await bench.runner.run(command) }
        for await port in started {
            try await body(Receiver(port: port, log: log))
            break
        }
        server.cancel()
        // It was told to end.
        _ = try? await server.value
    }

    private static let script = """
        import http.server, json, sys, time
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length'])).decode()
                with open(sys.argv[1], 'a') as log:
                    log.write(json.dumps({'path': self.path, 'headers': {k.lower(): v for k, v in self.headers.items()}, 'body': body}) + '\\n')
                if self.path == '/hang': time.sleep(1000)
                if self.path == '/drip':
                    self.send_response(200)
                    self.end_headers()
                    while True:
                        self.wfile.write(b'x'); self.wfile.flush(); time.sleep(0.01)
                if self.path == '/close': return
                self.send_response(int(self.path[1:]))
                self.send_header('Location', '/200')
                self.send_header('Content-Length', '0')
                self.end_headers()
            def log_message(self, *arguments): pass
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        print('::progress 0', server.server_address[1], flush=True)
        server.serve_forever()
        """
}
