import Foundation
import PurserCatalog
import Synchronization

/// What is kept of a run: its report, and how far each strategy is, so that it can go on after a crash.
struct RunDocument: Sendable, Codable, Equatable {
    /// The report.
    var report: RunReport
    /// Strategies that are still to run, in order; the first of them may be under way.
    var pending: [StrategyName]
    /// How far the strategies are, each in its own words.
    var positions: [String: String] = [:]
    /// Whether verification reads everything.
    var verifiesAll = false
    /// Where good bytes of damaged contents may be; absent in what older versions kept.
    var repairPlaces: [RepairPlace]?
    /// What of the report's figures are removals, by the name of the strategy; absent in what older versions kept.
    var removals: [String: RemovalFigures]?

    /// Encodes it for the catalog.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.dateEncodingStrategy = .millisecondsSince1970
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Decodes what the catalog kept.
    init(text: String) throws {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        self = try decoder.decode(Self.self, from: Data(text.utf8))
    }

    init(report: RunReport, pending: [StrategyName]) {
        self.report = report
        self.pending = pending
    }
}

/// Removals of a strategy, as far as its report has counted them.
struct RemovalFigures: Sendable, Codable, Equatable {
    /// Files that went.
    var files: Int64 = 0
    /// Bytes as kept that no name holds since.
    var released: Int64 = 0
}

/// Keeps the document of a run in the catalog as it changes, at most once a second.
final class RunJournal: Sendable {
    static let interval = Duration.seconds(1)

    private let catalog: Catalog
    private let clock: RunClock
    private let state: Mutex<State>

    private struct State {
        var document: RunDocument
        var notes: [String: String] = [:]
        var savedAt: Duration
    }

    init(_ document: RunDocument, catalog: Catalog, clock: RunClock) {
        self.catalog = catalog
        self.clock = clock
        self.state = Mutex(State(document: document, savedAt: clock.elapsed()))
    }

    /// The document as it stands.
    var document: RunDocument { self.state.withLock { $0.document } }

    /// Changes the document.
    func update<Value: Sendable>(_ body: (inout RunDocument) -> Value) -> Value {
        self.state.withLock { body(&$0.document) }
    }

    /// Notes something that outlives the run; written with the next save.
    func note(_ name: String, _ document: String) {
        self.state.withLock { $0.notes[name] = document }
    }

    /// Writes the document down where that was long enough ago.
    func saveWhenDue() async throws {
        let now = self.clock.elapsed()
        let isDue = self.state.withLock { now - $0.savedAt >= Self.interval }
        if isDue { try await self.save() }
    }

    /// Writes the document down.
    func save() async throws {
        let now = self.clock.elapsed()
        let (document, notes) = self.state.withLock { state in
            state.savedAt = now
            defer { state.notes = [:] }
            return (state.document, state.notes)
        }
        let run = KeptRun(id: document.report.id, state: document.report.state.rawValue, document: try document.text())
        try await self.catalog.keep(run, notes: notes)
    }
}
