import Foundation
import Synchronization

/// Stores a corpus, and reads it back.
struct CorpusTransfer: Sendable {
    /// Every so many files one is stored under a second name.
    private static let duplicates = 20
    /// Parts of each file that are read.
    private static let ranges = 4
    private static let clients = 4

    let corpus: Corpus
    private let port: Int

    init(_ corpus: Corpus, to server: PurserServer) {
        self.corpus = corpus
        self.port = server.port
    }

    /// Stores each file, and some of them twice.
    func upload() throws {
        try self.withClients { connection, number in
            let content = try Data(contentsOf: self.corpus.files[number])
            try Self.store(content, Self.path(of: "corpus/\(number)"), connection)
            guard number.isMultiple(of: Self.duplicates) else { return }
            try Self.store(content, Self.path(of: "again/\(number)"), connection)
        }
    }

    /// Reads each file, and some parts of it.
    ///
    /// - Returns: How many did not come back as they were stored.
    func mismatches() throws -> Int {
        let count = Atomic(0)
        try self.withClients { connection, number in
            let content = try Data(contentsOf: self.corpus.files[number])
            let path = Self.path(of: "corpus/\(number)")
            if try connection.get(path) != content { count.add(1, ordering: .relaxed) }
            var random = SeededRandom(seed: UInt64(number))
            for _ in 0..<Self.ranges {
                let first = Int.random(in: 0..<content.count, using: &random)
                let last = Int.random(in: first..<content.count, using: &random)
                try connection.begin("GET", path, ["Range: bytes=\(first)-\(last)"])
                let answer = try connection.answer()
                let isSame = answer.status == 206 && answer.body == content[first...last]
                if !isSame { count.add(1, ordering: .relaxed) }
            }
        }
        return count.load(ordering: .relaxed)
    }

    private static func path(of key: String) -> String { "/v1/buckets/default/files/\(key)" }

    private static func store(_ content: Data, _ path: String, _ connection: HTTPConnection) throws {
        try connection.begin("PUT", path, ["Content-Length: \(content.count)"])
        try connection.send(content)
        let status = try connection.answer().status
        guard status == 201 || status == 200 else { throw BenchmarkFailure("an upload was answered with \(status)") }
    }

    /// Does something with each file, a few at a time.
    private func withClients(_ body: @Sendable (HTTPConnection, Int) throws -> Void) throws {
        let next = Atomic(0)
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: Self.clients) { _ in
            do {
                let connection = try HTTPConnection(port: self.port)
                while true {
                    let number = next.add(1, ordering: .relaxed).oldValue
                    guard number < self.corpus.files.count, failure.withLock({ $0 == nil }) else { return }
                    try body(connection, number)
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
