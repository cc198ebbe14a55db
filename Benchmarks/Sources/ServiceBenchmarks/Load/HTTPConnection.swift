import Foundation
import Glibc

/// A blocking HTTP/1.1 connection, kept between requests: as little of a client as a measurement wants.
final class HTTPConnection {
    struct Answer {
        var status: Int
        var body: Data
    }

    private let descriptor: Int32
    private var received = Data()

    init(port: Int) throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(self.descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw BenchmarkFailure("cannot connect to port \(port): errno \(errno)") }
        // As clients do: else a body waits up to 40 ms for the acknowledgement of its head (RFC 1122 §4.2.3.4).
        var isOn: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        guard setsockopt(self.descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &isOn, size) == 0 else {
            throw BenchmarkFailure("a connection cannot be set up: errno \(errno)")
        }
    }

    deinit { close(self.descriptor) }

    func send(_ bytes: Data) throws {
        try bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                let count = Glibc.send(self.descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                guard count > 0 else { throw BenchmarkFailure("the server closed the connection: errno \(errno)") }
                sent += count
            }
        }
    }

    /// Sends the head of a request.
    func begin(_ method: String, _ path: String, _ fields: [String] = []) throws {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1"] + fields
        try self.send(Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
    }

    /// Waits for an answer that states its length.
    func answer() throws -> Answer {
        let separator = Data("\r\n\r\n".utf8)
        while self.received.range(of: separator) == nil { try self.receive() }
        guard let end = self.received.range(of: separator) else { throw BenchmarkFailure("no answer") }
        let head = String(decoding: self.received[..<end.lowerBound], as: UTF8.self).lowercased()
        let lines = head.components(separatedBy: "\r\n")
        let length = lines.first { $0.hasPrefix("content-length:") }.flatMap {
            Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces))
        }
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw BenchmarkFailure("not an answer: \(lines[0])")
        }
        self.received = Data(self.received[end.upperBound...])
        while self.received.count < length ?? 0 { try self.receive() }
        let body = Data(self.received.prefix(length ?? 0))
        self.received = Data(self.received.dropFirst(length ?? 0))
        return Answer(status: status, body: body)
    }

    func get(_ path: String) throws -> Data {
        try self.begin("GET", path)
        let answer = try self.answer()
        guard answer.status == 200 else { throw BenchmarkFailure("GET \(path) gave \(answer.status)") }
        return answer.body
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw BenchmarkFailure("the server closed the connection: errno \(errno)") }
        self.received.append(contentsOf: buffer[..<count])
    }
}
