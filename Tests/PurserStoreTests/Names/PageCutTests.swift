import PurserCatalog
import PurserIdentifiers
import PurserStore
import Testing

@Suite(.timeLimit(.minutes(5)))
struct PageCutTests {
    @Test(arguments: [1, 300, 700, 1_000_000])
    func pagesThatEndEarlyShowEveryEntryOnce(_ limit: Int) async throws {
        try await withStore { store in
            let keys = ["a", "b/1", "b/2", "b0", "c", "d/", "d/x", "e", "f"]
            for key in keys {
                try await store.put(key, sample(10)) { $0.metadata = ["note": String(repeating: "x", count: 250)] }
            }
            var seen: [String] = []
            var list = ListRequest(bucket: .default, delimiter: "/")
            var pages = 0
            repeat {
                let page = try store.files.list(list).cut(toBytes: limit)
                #expect(!page.files.isEmpty || !page.prefixes.isEmpty)
                seen += page.files.map(\.key.text) + page.prefixes
                list.after = page.next
                pages += 1
            } while list.after != nil
            #expect(seen.sorted() == ["a", "b/", "b0", "c", "d/", "e", "f"])
            #expect(limit == 1_000_000 ? pages == 1 : pages > 1)
        }
    }
}
