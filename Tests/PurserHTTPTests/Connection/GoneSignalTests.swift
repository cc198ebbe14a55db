import Testing

@testable import PurserHTTP

struct GoneSignalTests {
    @Test func handlersAreHandedOutOnce() {
        var signal = GoneSignal()
        guard case .waiting(let first) = signal.register({ _ in }) else {
            Issue.record("nobody has gone")
            return
        }
        _ = signal.register { _ in }
        signal.remove(id: first)
        #expect(signal.fire(.tooSlow).count == 1)
        #expect(signal.fire(.disconnected).isEmpty)
        #expect(signal.reason == .tooSlow)
    }

    @Test func endOfTheRequestForgetsItsHandlersButNotTheReason() {
        var signal = GoneSignal()
        _ = signal.register { _ in }
        signal.requestEnded()
        #expect(signal.fire(.disconnected).isEmpty)
        guard case .alreadyGone(.disconnected) = signal.register({ _ in }) else {
            Issue.record("the client has gone")
            return
        }
    }
}
