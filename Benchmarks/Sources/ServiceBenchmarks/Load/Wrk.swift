import Foundation

/// Many small requests from wrk (<https://github.com/wg/wrk>), over connections that are kept.
struct Wrk {
    /// What a run gave.
    struct Result {
        var requests: Double
        var perSecond: Double
        /// Seconds within which 99 of 100 requests were answered.
        var p99: Double
    }

    enum Work: String {
        /// Stores files of 4 KiB, no two alike.
        case put
        /// Fetches files that ``put`` has stored, in no order.
        case get
        /// Stores files of 16 bytes and more, in folders of a thousand: number `run` and on, up to `files`.
        case fill
    }

    let script: URL

    init(scratch: URL) throws {
        self.script = scratch.appending(path: "load.lua")
        try Self.source.write(to: self.script, atomically: true, encoding: .utf8)
    }

    /// Runs it.
    ///
    /// - Parameters:
    ///   - work: What to do.
    ///   - server: Whom to ask.
    ///   - connections: How many at once.
    ///   - seconds: How long, at most.
    ///   - run: A number that no other run on the same store has; makes names and contents distinct.
    ///   - files: For `get` and `fill`: how many files there are.
    /// - Returns: What wrk saw.
    /// - Throws: ``BenchmarkFailure`` where a request was refused.
    func run(
        _ work: Work,
        on server: any Server,
        connections: Int,
        seconds: Int,
        run: Int,
        files: Int = 0
    ) throws -> Result {
        let text = try Tool.run(
            "wrk",
            [
                "-t1", "-c\(connections)", "-d\(seconds)s", "--latency", "--timeout", "30s", "-s", self.script.path,
                server.address, "--", work.rawValue, server.path(of: ""), "\(run)", "\(files)",
            ]
        )
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        func value(_ name: String, at index: Int) -> String? { lines.first { $0.first == name }?[index] }
        guard let rate = value("Requests/sec:", at: 1).flatMap(Double.init), let p99 = value("99%", at: 1),
            let total = lines.first(where: { $0.dropFirst().first == "requests" })?.first.flatMap(Double.init)
        else { throw BenchmarkFailure("wrk said something unexpected: \(text)") }
        if let errors = lines.first(where: { $0.first == "failed:" }), errors.last != "0" {
            throw BenchmarkFailure("\(server.name) refused requests: \(text)")
        }
        return Result(requests: total, perSecond: rate, p99: Self.duration(p99))
    }

    /// Stores so many files of 16 bytes and more, in folders of a thousand.
    func fill(_ server: any Server, files: Int) throws {
        var done = 0
        while done < files {
            let result = try self.run(.fill, on: server, connections: 16, seconds: 2, run: done, files: files)
            // Those that were under way at the end are sent again.
            done += max(0, Int(result.requests) - 32)
        }
    }

    private static func duration(_ text: String) -> Double {
        let units = [("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            return (Double(text.dropLast(unit.count)) ?? .nan) * factor
        }
        return .nan
    }

    private static let source = #"""
        local work, prefix, run, files, count = "", "", "", 0, 0
        failed = 0
        local body = string.rep("x", 4096)

        function init(arguments)
            work, prefix, run, files = arguments[1], arguments[2], arguments[3], tonumber(arguments[4])
            math.randomseed(tonumber(run))
        end

        function request()
            count = count + 1
            if work == "get" then
                -- The first request that wrk makes is for itself and not sent.
                return wrk.format("GET", prefix .. "small-" .. run .. "-" .. math.random(2, files))
            elseif work == "put" then
                local name = run .. "-" .. count
                local content = name .. body:sub(#name + 1)
                return wrk.format("PUT", prefix .. "small-" .. name, nil, content)
            else
                local number = math.min(tonumber(run) + count - 2, files - 1)
                local name = string.format("p%03d/k%06d", math.floor(number / 1000), number)
                return wrk.format("PUT", prefix .. name, nil, "content " .. name)
            end
        end

        function response(status)
            if status >= 300 then failed = failed + 1 end
        end

        function setup(thread) theThread = thread end

        function done()
            print("failed: " .. (theThread:get("failed") or 0))
        end
        """#
}
