import Testing

@testable import PurserCatalog

@Suite(.timeLimit(.minutes(2)))
struct MonitorStateTests {
    @Test
    func aDocumentIsKeptUnderItsNameAndReplaced() async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            let first = try CatalogFixture.open(path)
            #expect(try first.monitorState("growth") == nil)
            try await first.setMonitorState("growth", #"{"a":1}"#)
            try await first.setMonitorState("other", "")
            try await first.setMonitorState("growth", #"{"a":2}"#)
            #expect(try first.monitorState("growth") == #"{"a":2}"#)
            try await first.close()
            let second = try CatalogFixture.open(path)
            #expect(try second.monitorState("growth") == #"{"a":2}"#)
            #expect(try second.monitorState("other") == "")
            try await second.close()
        }
    }

    @Test
    func aNamelessDocumentIsRefused() async throws {
        try await CatalogFixture.run { catalog in
            await #expect(throws: CatalogError.self) { try await catalog.setMonitorState("", "x") }
            // The writer goes on.
            try await catalog.setMonitorState("a", "x")
            #expect(try catalog.monitorState("a") == "x")
        }
    }
}
