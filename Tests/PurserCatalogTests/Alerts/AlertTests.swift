import Foundation
import Testing

@testable import PurserCatalog

@Suite
struct AlertTests {
    private func alert(_ number: Int, isOpen: Bool = true, at second: Int, _ document: String = "{}") -> AlertRecord {
        AlertRecord(id: "alert-\(number)", isOpen: isOpen, changedAt: .second(second), document: document)
    }

    @Test
    func alertsOutliveTheCatalog() async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            let kept = [self.alert(1, at: 5, #"{"state":"acknowledged"}"#), self.alert(2, isOpen: false, at: 7)]
            let first = try CatalogFixture.open(path)
            try await first.save(alerts: kept)
            try await first.close()
            let second = try CatalogFixture.open(path)
            #expect(try second.alerts(open: true, limit: 10) == [kept[0]])
            #expect(try second.alerts(open: false, limit: 10) == [kept[1]])
            try await second.close()
        }
    }

    @Test
    func savingAgainTakesTheOldOnesPlace() async throws {
        try await CatalogFixture.run { catalog in
            try await catalog.save(alerts: [self.alert(1, at: 1)])
            let resolved = self.alert(1, isOpen: false, at: 2, #"{"state":"resolved"}"#)
            try await catalog.save(alerts: [resolved])
            #expect(try catalog.alerts(open: true, limit: 10).isEmpty)
            #expect(try catalog.alerts(open: false, limit: 10) == [resolved])
        }
    }

    /// Two of each second, so that pages end between alerts of the same time.
    @Test
    func pagesGoOnWhereTheOneBeforeEnded() async throws {
        try await CatalogFixture.run { catalog in
            let all = (0..<10).map { self.alert($0, at: $0 / 2) }
            try await catalog.save(alerts: all)
            var listed: [AlertRecord] = []
            var position: AlertRecord.Position?
            while listed.count < 20 {
                let page = try catalog.alerts(open: true, limit: 3, before: position)
                guard let last = page.last else { break }
                listed += page
                position = last.position
            }
            #expect(listed == all.reversed())
        }
    }

    @Test
    func onlyTheLatestResolvedStay() async throws {
        try await CatalogFixture.run { catalog in
            let resolved = (0..<30).map { self.alert($0, isOpen: false, at: $0) }
            try await catalog.save(alerts: resolved + [self.alert(99, at: 0)], keepingResolved: 10)
            #expect(try catalog.alerts(open: false, limit: 100) == resolved.suffix(10).reversed())
            #expect(try catalog.alerts(open: true, limit: 100).count == 1)
        }
    }
}
