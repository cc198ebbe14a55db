import Foundation

/// Starts jobs at a server and waits for their ends.
final class JobClient {
    /// A job as it stands.
    struct Job: Decodable {
        struct Files: Decodable {
            var total: Int
            var succeeded: Int
            var failed: Int
            var cached: Int
        }

        var id: String
        var state: String
        var files: Files

        var isOver: Bool { self.state != "queued" && self.state != "running" }
    }

    private let connection: HTTPConnection

    init(_ server: PurserServer) throws {
        self.connection = try HTTPConnection(port: server.port)
    }

    /// Stores a file.
    func put(_ key: String, _ bytes: Data, at server: PurserServer) throws {
        try self.connection.begin("PUT", server.path(of: key), ["Content-Length: \(bytes.count)"])
        try self.connection.send(bytes)
        let status = try self.connection.answer().status
        guard (200...201).contains(status) else { throw BenchmarkFailure("an upload was answered with \(status)") }
    }

    /// Starts a job over one file, or over all files of a prefix.
    func start(_ pipeline: String, key: String? = nil, prefix: String? = nil) throws -> Job {
        var request: [String: Any] = ["pipeline": pipeline, "priority": "interactive"]
        if let key { request["inputs"] = [["bucket": "default", "key": key]] }
        if let prefix { request["prefix"] = ["bucket": "default", "prefix": prefix] }
        let body = try JSONSerialization.data(withJSONObject: request)
        let fields = ["Content-Type: application/json", "Content-Length: \(body.count)"]
        try self.connection.begin("POST", "/v1/jobs", fields)
        try self.connection.send(body)
        let answer = try self.connection.answer()
        guard answer.status == 202 else {
            throw BenchmarkFailure(
                "a job was answered with \(answer.status): \(String(decoding: answer.body, as: UTF8.self))"
            )
        }
        return try JSONDecoder().decode(Job.self, from: answer.body)
    }

    /// Waits for the end of a job.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - interval: Microseconds between two looks.
    ///   - meanwhile: Called at each look.
    /// - Returns: The job.
    /// - Throws: ``BenchmarkFailure``; what `meanwhile` throws.
    func end(of id: String, interval: UInt32 = 500, meanwhile: () throws -> Void = {}) throws -> Job {
        while true {
            let job = try JSONDecoder().decode(Job.self, from: try self.connection.get("/v1/jobs/\(id)"))
            if job.isOver { return job }
            try meanwhile()
            usleep(interval)
        }
    }

    /// Runs a job over one file and tells how many milliseconds it took.
    ///
    /// - Throws: ``BenchmarkFailure`` where the file did not succeed.
    func time(_ pipeline: String, key: String) throws -> Double {
        let start = ContinuousClock.now
        let job = try self.end(of: try self.start(pipeline, key: key).id)
        let elapsed = (ContinuousClock.now - start) / .milliseconds(1)
        guard job.files.succeeded == 1 else { throw BenchmarkFailure("job \(job.id) of '\(pipeline)' is \(job.state)") }
        return elapsed
    }
}
