import Foundation

/// A server under test.
protocol Server: AnyObject {
    /// How it is called in the report.
    var name: String { get }
    /// Where it listens on 127.0.0.1.
    var port: Int { get }
    /// The processes that do its work.
    var processes: [Int32] { get }
    /// The path that a file has in a request.
    func path(of key: String) -> String
    /// Ends it; its files stay where they are.
    func stop() throws
}

extension Server {
    var address: String { "http://127.0.0.1:\(self.port)" }

    func figures() throws -> ProcessFigures { try ProcessFigures(of: self.processes) }

    /// What the body cost the server.
    func cost(_ body: () throws -> Void) throws -> ProcessFigures {
        let before = try self.figures()
        try body()
        return try self.figures() - before
    }

    func url(_ key: String) -> String { self.address + self.path(of: key) }
}
