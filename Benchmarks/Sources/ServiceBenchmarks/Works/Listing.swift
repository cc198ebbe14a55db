import Foundation

/// A bucket of 100,000 files in a hundred folders: listed, and opened by a new start.
struct Listing: Work {
    let name = "listing"

    private static let files = 100_000

    func run(_ bench: Bench) throws -> [Row] {
        let wrk = try Wrk(scratch: bench.scratch)
        var rate = Samples(), lastPage = Samples(), delimited = Samples()
        let folder = try bench.withPurser(self.name) { server in
            try wrk.fill(server, files: Self.files)
            let connection = try HTTPConnection(port: server.port)
            for _ in 0..<bench.repetitions {
                let pages = try self.list(connection)
                rate.append(Double(Self.files) / pages.reduce(0, +))
                // Of some pages, as one alone is at the mercy of the machine.
                lastPage.append(Samples(pages.suffix(10)).median / Samples(Array(pages.prefix(10))).median)
                delimited.append(try self.folders(connection))
            }
            return server.folder
        }
        var start = Samples()
        for _ in 0..<bench.repetitions {
            var server: PurserServer?
            start.append(try seconds { server = try PurserServer(program: bench.program, folder: folder) })
            try server?.stop()
        }
        return [
            Row(name: "listing 100,000 keys", unit: "keys/s", bar: .atLeast(50_000), samples: rate),
            Row(name: "listing, last pages / first", unit: "ratio", bar: .atMost(1.5), samples: lastPage),
            Row(name: "listing 100 prefixes of 1,000 keys", unit: "ms", bar: .atMost(5), samples: delimited),
            Row(name: "start-up with 100,000 files", unit: "s", bar: .atMost(1), samples: start),
        ]
    }

    private struct Page: Decodable {
        struct File: Decodable { var key: String }
        var files: [File]
        var prefixes: [String]?
        var nextCursor: String?

        enum CodingKeys: String, CodingKey {
            case files, prefixes
            case nextCursor = "next_cursor"
        }
    }

    /// Lists all files and tells how many seconds each page took, without the client's reading of it.
    private func list(_ connection: HTTPConnection) throws -> [Double] {
        var times: [Double] = []
        var count = 0
        var cursor: String?
        repeat {
            var page = Data()
            let query = cursor.map { "&cursor=\($0)" } ?? ""
            times.append(try seconds { page = try connection.get("/v1/buckets/default/files?limit=1000\(query)") })
            let decoded = try JSONDecoder().decode(Page.self, from: page)
            count += decoded.files.count
            cursor = decoded.nextCursor
        } while cursor != nil
        guard count == Self.files else { throw BenchmarkFailure("\(count) files were listed") }
        return times
    }

    private func folders(_ connection: HTTPConnection) throws -> Double {
        var page = Data()
        let time = try seconds { page = try connection.get("/v1/buckets/default/files?delimiter=/&limit=1000") }
        let prefixes = try JSONDecoder().decode(Page.self, from: page).prefixes?.count
        guard prefixes == 100 else { throw BenchmarkFailure("\(prefixes ?? 0) prefixes were listed") }
        return time * 1000
    }
}
