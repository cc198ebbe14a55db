import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// On loopback only names of this machine are answered to, and exactly one (DNS rebinding).
    @Suite(.timeLimit(.minutes(1))) struct HostTests {
        @Test func foreignHostIsRefused() async throws {
            try await LiveAPI.run { api in
                try await api.store("a", "secret")
                let hosts = [
                    "example.com", "example.com:80", "127.0.0.1.example.com", "localhost.example.com", "128.0.0.1",
                    "0.0.0.0",
                    "127.0.0.1:80:80", "127.1", "localhost:x", "[::2]", "[::1", "", "user@localhost", "2130706433",
                ]
                for host in hosts {
                    let target = "/v1/buckets/default/files/a"
                    for method in ["GET", "DELETE"] {
                        let answer = try await api.exchange("\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                        #expect(answer.status == 421 || answer.status == 400, "\(host)")
                        #expect(!answer.body.contains("secret"), "\(host)")
                        if host.contains("example") { try answer.expectProblem(421, "foreign_host") }
                    }
                }
                #expect(try await api.call("GET", "/v1/buckets/default/files/a").body == "secret")
            }
        }

        @Test func namesOfThisMachineAreTaken() async throws {
            try await LiveAPI.run { api in
                let hosts = [
                    "localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.8.9.10", "[::1]", "app.localhost",
                ]
                for host in hosts.flatMap({ [$0, "\($0):\(api.port)"] }) {
                    let answer = try await api.exchange("GET /healthz HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                    #expect(answer.status == 200, "\(host)")
                    let absolute = try await api.exchange(
                        "GET http://\(host)/healthz HTTP/1.1\r\nHost: \(host)\r\n\r\n"
                    )
                    #expect(absolute.status == 200, "\(host)")
                }
            }
        }

        @Test func missingOrSecondHostIsRefused() async throws {
            try await LiveAPI.run { api in
                try await api.exchange("GET /healthz HTTP/1.1\r\n\r\n").expectMalformed()
                try await api.exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")
                    .expectMalformed()
                try await api.exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\nhost: example.com\r\n\r\n")
                    .expectMalformed()
                try await api.exchange("GET /healthz HTTP/1.0\r\n\r\n").expectProblem(421, "foreign_host")
                let old = try await api.exchange("GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                #expect(old.status == 200)
            }
        }

        @Test func targetOfAnotherHostIsRefused() async throws {
            try await LiveAPI.run { api in
                for host in ["example.com", "example.com:80", "localhost@example.com", "localhost:80@example.com"] {
                    let answer = try await api.exchange(
                        "GET http://\(host)/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    )
                    #expect(answer.status == 421 || answer.status == 400, "\(host)")
                }
            }
        }
    }
}
