import NIOCore
import Testing

@testable import PurserHTTP

struct RateWindowTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private func window() -> RateWindow { RateWindow(minRate: 1000, length: .seconds(10)) }

    @Test func isUndecidedUntilFull() {
        var window = self.window()
        window.run(at: self.start)
        #expect(window.verdict(at: self.start + .seconds(9)) == .undecided)
        #expect(window.verdict(at: self.start + .seconds(10)) == .slow)
    }

    @Test func enoughBytesAreFineAndBeginAnotherWindow() {
        var window = self.window()
        window.run(at: self.start)
        window.record(bytes: 10_000)
        #expect(window.verdict(at: self.start + .seconds(10)) == .fine)
        #expect(window.verdict(at: self.start + .seconds(19)) == .undecided)
        window.record(bytes: 9_999)
        #expect(window.verdict(at: self.start + .seconds(20)) == .slow)
    }

    @Test func pausedTimeDoesNotCount() {
        var window = self.window()
        window.run(at: self.start)
        window.pause(at: self.start + .seconds(4))
        #expect(window.verdict(at: self.start + .seconds(100)) == .undecided)
        window.run(at: self.start + .seconds(100))
        #expect(window.verdict(at: self.start + .seconds(105)) == .undecided)
        #expect(window.verdict(at: self.start + .seconds(106)) == .slow)
    }

    @Test func looksAgainNoSoonerThanSensible() {
        var window = RateWindow(minRate: 1, length: .seconds(30))
        window.run(at: self.start)
        #expect(window.nextCheck(after: self.start + .seconds(10)) == self.start + .seconds(30))
        window.pause(at: self.start + .milliseconds(29_999))
        #expect(window.nextCheck(after: self.start + .seconds(60)) == self.start + .seconds(61))
    }
}
