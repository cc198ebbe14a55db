import SystemPackage
import Testing

@testable import PurserProcessing

@Suite(.timeLimit(.minutes(1)))
struct OutgoingPostTests {
    /// The system does not know the name: only the address that was looked at can have been connected to.
    @Test func whatWasLookedAtIsConnectedTo() async throws {
        try await withBench { bench in
            try await Receiver.serve(bench) { receiver in
                var post = OutgoingPost(allowsPrivate: true)
                post.resolve = { host in
                    host == "name.invalid" ? [NetworkAddress([127, 0, 0, 1])].compactMap { $0 } : []
                }
                let status = try await post.post([], to: "http://name.invalid:\(receiver.port)/200", identity: "x")
                #expect(status == 200)
                let host = try receiver.posts.first?.headers["host"]
                #expect(host == "name.invalid:\(receiver.port)")
            }
        }
    }

    @Test func aNameThatLeadsInsideIsRefused() async throws {
        var post = OutgoingPost()
        let inside = try #require(NetworkAddress([10, 0, 0, 1]))
        post.resolve = { _ in [inside, inside] }
        let refused = try await failure { try await post.post([], to: "http://name.invalid/", identity: "x") }
        #expect(refused?.code == "address_refused")
    }

    @Test func aNameThatNobodyKnowsIsAPassingFailure() async throws {
        var post = OutgoingPost()
        post.resolve = { _ in [] }
        let unknown = try await failure { try await post.post([], to: "http://name.invalid/", identity: "x") }
        #expect(unknown?.code == "webhook_failed")
        #expect(unknown?.isTransient == true)
    }
}
