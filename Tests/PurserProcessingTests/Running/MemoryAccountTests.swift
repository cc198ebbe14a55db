import Foundation
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import PurserProcessing

/// What is reserved for a file follows what its programs hold.
@Suite(.timeLimit(.minutes(1)))
struct MemoryAccountTests {
    /// What was asked for, and so much of it given.
    private final class Budget: Sendable {
        private let state: Mutex<(free: Int, asked: [Int])>

        init(_ free: Int) {
            self.state = Mutex((free, []))
        }

        var asked: [Int] { self.state.withLock { $0.asked } }

        func take(_ bytes: Int) -> Bool {
            self.state.withLock { state in
                state.asked.append(bytes)
                guard bytes <= state.free else { return false }
                state.free -= bytes
                return true
            }
        }
    }

    @Test func moreIsReservedOnlyBeyondWhatIs() {
        let budget = Budget(64 << 20)
        let account = MemoryAccount(reserved: 100 << 20) { budget.take($0) }
        #expect(account.note(1, holds: 60 << 20))
        #expect(account.note(2, holds: 40 << 20))
        #expect(budget.asked.isEmpty)
        // Together they hold 20 MiB more than is reserved.
        #expect(account.note(2, holds: 60 << 20))
        #expect(budget.asked == [20 << 20])
        #expect(account.note(2, holds: 60 << 20))
        account.forget(1)
        #expect(account.note(3, holds: 60 << 20))
        #expect(budget.asked == [20 << 20])
        // A little more is asked for in pieces.
        #expect(account.note(3, holds: (60 << 20) + 1))
        #expect(budget.asked.last == 8 << 20)
    }

    @Test func whatCannotBeReservedIsToldEachTime() {
        let budget = Budget(10 << 20)
        let account = MemoryAccount(reserved: 10 << 20) { budget.take($0) }
        #expect(!account.note(1, holds: 40 << 20))
        #expect(!account.note(1, holds: 40 << 20))
        // Nothing was counted that was not given.
        #expect(budget.asked == [30 << 20, 30 << 20])
        #expect(account.note(1, holds: 20 << 20))
    }

    /// Holds so many MiB until there is a file `seen`.
    private static func holding(_ mebibytes: Int) -> String {
        """
        import os, time
        held = b"x" * (\(mebibytes) << 20)
        while not os.path.exists("seen"): time.sleep(0.01)
        """
    }

    @Test func aProgramThatHoldsMoreHasMoreReserved() async throws {
        try await withBench { bench in
            let budget = Budget(200 << 20)
            let seen = bench.folder.appending("seen").string
            let account = MemoryAccount(reserved: 32 << 20) { bytes in
                let isGiven = budget.take(bytes)
                if budget.asked.reduce(0, +) >= 68 << 20 {
                    #expect(FileManager.default.createFile(atPath: seen, contents: nil))
                }
                return isGiven
            }
            let result = try await MemoryAccount.$current.withValue(account) {
                try await bench.runner.run(bench.python(Self.holding(100)))
            }
            #expect(result.isSuccess)
            #expect(budget.asked.reduce(0, +) >= 68 << 20)
            // When it has ended, what it held is free for the next one of the file.
            let asked = budget.asked
            #expect(account.note(-1, holds: 90 << 20))
            #expect(budget.asked == asked)
        }
    }

    @Test func aProgramForWhichThereIsNoMoreIsEnded() async throws {
        try await withBench { bench in
            let account = MemoryAccount(reserved: 32 << 20) { _ in false }
            let failure = try await failure {
                try await MemoryAccount.$current.withValue(account) {
                    try await bench.runner.run(bench.python(Self.holding(100)))
                }
            }
            #expect(failure?.code == "memory_unavailable")
            #expect(failure?.message.contains("memory_budget") == true)
            #expect(bench.left == [])
        }
    }
}
