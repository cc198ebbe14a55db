import Foundation
import PurserOperations
import PurserTestSupport
import Testing

@testable import PurserProcessing

/// The addresses that are told of the ends of jobs, over real connections.
@Suite(.timeLimit(.minutes(1)))
struct JobCallbackTests {
    /// What is said of an address that could not be told.
    private func failures(_ fixture: JobFixture) -> [String] {
        fixture.events.all.compactMap { event in
            if case .callbackFailed(_, let message) = event { message } else { nil }
        }
    }

    /// One that takes the request and never answers, or answers without end.
    @Test(arguments: ["hang", "drip"])
    func addressThatHangsHoldsNothingUp(_ path: String) async throws {
        try await withBench { bench in
            try await Receiver.serve(bench) { receiver in
                try await JobFixture.run { fixture in
                    try await fixture.put("a", "x")
                    let post = OutgoingPost(allowsPrivate: true, timeout: .seconds(1))
                    let callback = JobCallback(post) { Array($0.id.utf8) }
                    let clock = StepClock()
                    let pipeline = Pipeline(name: "test", version: "1", steps: [.copy])
                    let service = fixture.service([pipeline], callback: callback, clock: clock)
                    try await service.whileRunning {
                        var request = try JobRequest.files("a")
                        request.callbackURL = "http://127.0.0.1:\(receiver.port)/\(path)"
                        let first = try await service.ended(try await service.submit(request))
                        #expect(first.state == .succeeded)
                        // Others go on meanwhile.
                        let second = try await service.ended(try await service.submit(try .files("a")))
                        #expect(second.state == .succeeded)
                        while self.failures(fixture).isEmpty {
                            clock.advance(by: .seconds(1))
                            await Task.yield()
                        }
                    }
                    let told = self.failures(fixture)
                    #expect(told.count == 1 && told.first?.contains("did not answer") == true, "\(told)")
                    let posts = try receiver.posts
                    #expect(posts.count == 3)
                    // All tries are the same to who takes them.
                    #expect(Set(posts.map { $0.headers["idempotency-key"] }).count == 1)
                }
            }
        }
    }
}
