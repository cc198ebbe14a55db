import Foundation

/// Another server to compare with, where it is installed.
struct Peer {
    let name: String
    /// Starts it on a fresh folder.
    let start: (URL) throws -> any Server

    /// All that are installed, under `.build/peers` (`make peers`) or on the path.
    static func installed(in folder: URL) -> [Peer] {
        let folders = ["usr/sbin", "usr/bin", "bin"].map { folder.appending(path: $0).path }
        let python = folder.appending(path: "python")
        var peers: [Peer] = []
        if let program = Tool.find("nginx", in: folders) {
            peers.append(Peer(name: "nginx") { try PeerServer.nginx(program, $0) })
        }
        if FileManager.default.fileExists(atPath: python.appending(path: "copyparty").path) {
            peers.append(Peer(name: "copyparty") { try PeerServer.copyparty(python, $0) })
        }
        if let program = Tool.find("rclone", in: folders) {
            peers.append(Peer(name: "rclone") { try PeerServer.rclone(program, $0) })
        }
        return peers
    }
}

/// A running peer.
final class PeerServer: Server {
    let name: String
    let port: Int
    private let process: Process
    private let prefix: String

    private init(name: String, program: URL, arguments: [String], port: Int, prefix: String, folder: URL) throws {
        self.name = name
        self.port = port
        self.prefix = prefix
        self.process = Process()
        self.process.executableURL = program
        self.process.arguments = arguments
        _ = FileManager.default.createFile(atPath: folder.path + ".log", contents: nil)
        let log = FileHandle(forWritingAtPath: folder.path + ".log")
        self.process.standardOutput = log
        self.process.standardError = log
        self.process.currentDirectoryURL = folder
        try self.process.run()
        try self.waitUntilItListens()
    }

    /// The program and what it has started.
    var processes: [Int32] {
        let main = self.process.processIdentifier
        let children = (try? Tool.run("pgrep", ["-P", "\(main)"])) ?? ""
        return [main] + children.split(separator: "\n").compactMap { Int32($0) }
    }

    func path(of key: String) -> String { self.prefix + key }

    func stop() throws {
        self.process.terminate()
        self.process.waitUntilExit()
    }

    private func waitUntilItListens() throws {
        for _ in 0..<300 {
            if (try? HTTPConnection(port: self.port)) != nil { return }
            guard self.process.isRunning else { break }
            usleep(100_000)
        }
        self.process.terminate()
        throw BenchmarkFailure("\(self.name) did not start")
    }

    /// A port that is free now.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
            }
        }
        guard result == 0 else { throw BenchmarkFailure("no free port: errno \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func make(_ folder: URL, _ names: String...) throws {
        for name in names {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name),
                withIntermediateDirectories: true
            )
        }
    }

    /// WebDAV of nginx, two workers, `sendfile`; it neither hashes nor syncs.
    static func nginx(_ program: URL, _ folder: URL) throws -> PeerServer {
        try Self.make(folder, "files", "temp", "logs")
        let port = try Self.freePort()
        let configuration = """
            worker_processes 2;
            daemon off;
            pid nginx.pid;
            error_log logs/error.log;
            events { worker_connections 1024; }
            http {
                access_log off;
                sendfile on;
                tcp_nopush on;
                keepalive_requests 100000000;
                client_max_body_size 0;
                client_body_temp_path temp;
                proxy_temp_path temp/proxy;
                fastcgi_temp_path temp/fastcgi;
                uwsgi_temp_path temp/uwsgi;
                scgi_temp_path temp/scgi;
                server {
                    listen 127.0.0.1:\(port);
                    root files;
                    location / { dav_methods PUT DELETE; create_full_put_path on; }
                }
            }
            """
        let file = folder.appending(path: "nginx.conf")
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        // The workers of an nginx that root starts belong to nobody.
        try Tool.run("chmod", ["-R", "a+rwX", folder.path])
        return try PeerServer(
            name: "nginx",
            program: program,
            arguments: ["-p", folder.path + "/", "-c", file.path],
            port: port,
            prefix: "/",
            folder: folder
        )
    }

    /// copyparty with a volume that everybody may write.
    static func copyparty(_ python: URL, _ folder: URL) throws -> PeerServer {
        try Self.make(folder, "files")
        guard let program = Tool.find("env") else { throw BenchmarkFailure("env is not installed") }
        let port = try Self.freePort()
        return try PeerServer(
            name: "copyparty",
            program: program,
            arguments: [
                "PYTHONPATH=\(python.path)", "HOME=\(folder.path)", "python3", "-m", "copyparty", "-i", "127.0.0.1",
                "-p",
                "\(port)", "-v", "\(folder.path)/files::rwmda", "-q",
            ],
            port: port,
            prefix: "/",
            folder: folder
        )
    }

    /// `rclone serve webdav` of a local folder.
    static func rclone(_ program: URL, _ folder: URL) throws -> PeerServer {
        try Self.make(folder, "files")
        let port = try Self.freePort()
        return try PeerServer(
            name: "rclone",
            program: program,
            arguments: ["serve", "webdav", "\(folder.path)/files", "--addr", "127.0.0.1:\(port)"],
            port: port,
            prefix: "/",
            folder: folder
        )
    }
}
