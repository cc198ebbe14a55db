import Testing

@testable import PurserHTTP

struct RequestPhaseTests {
    private static func traits(_ change: (inout RequestTraits) -> Void = { _ in }) -> RequestTraits {
        var traits = RequestTraits()
        change(&traits)
        return traits
    }

    @Test func bodyIsWithheldUntilAdmitted() {
        var phase = RequestPhase()
        phase.begin(Self.traits { $0.hasBody = true })
        #expect(phase.withholdsBody)
        #expect(!phase.isReceiving)
        #expect(phase.admit() == .read)
        #expect(!phase.withholdsBody)
        #expect(phase.isReceiving)
        #expect(phase.admit() == .none)
    }

    @Test func continueIsOwedOnceAndNotBehindAnAnswer() {
        var phase = RequestPhase()
        phase.begin(Self.traits { ($0.hasBody, $0.expectsContinue) = (true, true) })
        #expect(phase.admit() == .continueAndRead)
        #expect(phase.admit() == .none)
        var refused = RequestPhase()
        refused.begin(Self.traits { ($0.hasBody, $0.expectsContinue) = (true, true) })
        #expect(refused.beginAnswer(wantsClose: false) == true)
        #expect(refused.admit() == .none)
    }

    @Test func connectionIsKeptOnlyAfterWholeRequests() {
        var phase = RequestPhase()
        for _ in 0..<2 {
            phase.begin(Self.traits { $0.hasBody = true })
            #expect(phase.admit() == .read)
            phase.completeBody()
            #expect(phase.beginAnswer(wantsClose: false) == false)
            #expect(phase.completeAnswer() == true)
            #expect(phase.stage == .idle)
        }
        phase.begin(Self.traits { $0.hasBody = true })
        #expect(phase.beginAnswer(wantsClose: false) == true)
        #expect(phase.completeAnswer() == false)
    }

    @Test(arguments: ["client", "answer", "server", "parser"])
    func closesWhenAnyoneWantsTo(who: String) {
        var phase = RequestPhase()
        phase.begin(Self.traits { $0.isKeepAlive = who != "client" })
        if who == "server" { phase.drain() }
        if who == "parser" { phase.breakBody() }
        #expect(phase.beginAnswer(wantsClose: who == "answer") == true)
        #expect(phase.completeAnswer() == false)
    }

    @Test func stopDuringAnAnswerStillClosesAfterIt() {
        var phase = RequestPhase()
        phase.begin(Self.traits())
        #expect(phase.beginAnswer(wantsClose: false) == false)
        phase.drain()
        #expect(phase.completeAnswer() == false)
    }
}
