import HTTPTypes
import Testing

/// A request of the API, and the status that is expected.
struct Exchange: CustomStringConvertible, Sendable {
    var call: OpenAPIDocument.Call
    var address: String
    var headers: [String: String] = [:]
    var body: String?
    var status: Int

    /// Describes a request.
    ///
    /// - Parameters:
    ///   - method: Its method.
    ///   - path: The path of the call, as the description has it.
    ///   - address: Where it goes, query included; the path itself where it has no parameters.
    ///   - headers: Its header fields.
    ///   - body: Its body.
    ///   - status: Of the answer.
    init(
        _ method: String,
        _ path: String,
        _ address: String? = nil,
        _ headers: [String: String] = [:],
        body: String? = nil,
        is status: Int
    ) {
        self.call = OpenAPIDocument.Call(method: method, path: path)
        self.address = address ?? path
        self.headers = headers
        self.body = body
        self.status = status
    }

    var description: String { "\(self.call.method) \(self.address) \(self.headers)" }

    func fields() throws -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in self.headers { fields[try #require(HTTPField.Name(name))] = value }
        return fields
    }
}

extension OpenAPIDocument.Call {
    func requestMethod() throws -> HTTPRequest.Method { try #require(HTTPRequest.Method(rawValue: self.method)) }
}

extension Exchange {
    /// Requests that get every kind of document, in this order, on a new store.
    static var all: [Exchange] {
        Self.buckets + Self.writes + Self.reads + Self.operations + Self.system + Self.optimizer + Self.processing
            + Self.removals + Self.monitoring
    }

    /// Requests about an alert that is firing.
    static func alerts(_ id: String) -> [Exchange] {
        let alert = "/v1/alerts/{id}"
        return [
            Exchange("GET", "/v1/alerts", is: 200),
            Exchange("GET", alert, "/v1/alerts/\(id)", is: 200),
            Exchange("POST", alert + "/acknowledge", "/v1/alerts/\(id)/acknowledge", is: 200),
            Exchange("GET", "/v1/metrics", is: 200),
            Exchange("POST", alert + "/resolve", "/v1/alerts/\(id)/resolve", is: 200),
            Exchange("POST", alert + "/acknowledge", "/v1/alerts/\(id)/acknowledge", is: 409),
            Exchange("POST", alert + "/resolve", "/v1/alerts/\(id)/resolve", is: 409),
            Exchange("GET", "/v1/alerts", "/v1/alerts?state=resolved&limit=1", is: 200),
        ]
    }

    private static let bucket = "/v1/buckets/{bucket}"
    private static let file = "/v1/buckets/{bucket}/files/{key}"
    private static let list = "/v1/buckets/{bucket}/files"
    private static let operation = "/v1/operations/{id}"
    private static let hello = "/v1/buckets/default/files/letters/hello.txt"
    private static let id = "0192f0c1-2d3e-7abc-8def-0123456789ab"
    private static let unknownID = "0192f0c1-2d3e-7abc-8def-ba9876543210"
    /// Of no bytes at all.
    private static let otherDigest = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"

    private static let buckets = [
        Exchange("GET", "/v1/buckets", is: 200),
        Exchange("PUT", Self.bucket, "/v1/buckets/photos", is: 201),
        Exchange("PUT", Self.bucket, "/v1/buckets/photos", is: 200),
        Exchange("GET", Self.bucket, "/v1/buckets/photos", is: 200),
        Exchange("GET", Self.bucket, "/v1/buckets/absent", is: 404),
        Exchange("GET", Self.bucket, "/v1/buckets/No", is: 400),
    ]

    private static let writes = [
        Exchange(
            "PUT",
            Self.file,
            Self.hello,
            ["Content-Type": "text/plain", "X-Meta-Author": "Ada", "X-Operation-Id": Self.id],
            body: "Hello, Purser\n",
            is: 201
        ),
        Exchange("PUT", Self.file, Self.hello, ["X-Meta-Author": "Ada"], body: "Hello, Purser\n", is: 200),
        Exchange("PUT", Self.file, Self.hello, ["X-Operation-Id": Self.id], body: "again", is: 409),
        Exchange("PUT", Self.file, Self.hello, ["If-None-Match": "*"], body: "again", is: 412),
        Exchange("PUT", Self.file, Self.hello, ["Repr-Digest": Self.otherDigest], body: "again", is: 422),
        Exchange("PUT", Self.file, Self.hello, ["Content-Encoding": "gzip"], body: "again", is: 415),
        Exchange("PUT", Self.file, Self.hello, ["Content-Range": "bytes 0-4/9"], body: "again", is: 400),
        Exchange("PUT", Self.file, "/v1/buckets/absent/files/a", body: "a", is: 404),
        Exchange(
            "PUT",
            Self.file,
            "/v1/buckets/photos/files/copy",
            ["X-Copy-From": "default/letters/hello.txt"],
            is: 201
        ),
    ]

    private static let reads = [
        Exchange("GET", Self.file, Self.hello, is: 200),
        Exchange("GET", Self.file, Self.hello + "?download", is: 200),
        Exchange("GET", Self.file, Self.hello, ["Range": "bytes=0-4"], is: 206),
        Exchange("GET", Self.file, Self.hello, ["Range": "bytes=14-"], is: 416),
        Exchange("GET", Self.file, Self.hello, ["Range": "bytes=a"], is: 400),
        Exchange("GET", Self.file, Self.hello, ["If-None-Match": "*"], is: 304),
        Exchange("GET", Self.file, Self.hello, ["If-Match": "\"other\""], is: 412),
        Exchange("GET", Self.file, Self.hello, ["X-Operation-Id": Self.id], is: 409),
        Exchange("GET", Self.file, "/v1/buckets/default/files/absent", is: 404),
        Exchange("GET", Self.file, "/v1/buckets/default/files/%zz", is: 400),
        Exchange("HEAD", Self.file, Self.hello, is: 200),
        Exchange("HEAD", Self.file, Self.hello, ["If-None-Match": "*"], is: 304),
        Exchange("HEAD", Self.file, "/v1/buckets/default/files/absent", is: 404),
        Exchange("GET", Self.list, "/v1/buckets/default/files?delimiter=/", is: 200),
        Exchange("GET", Self.list, "/v1/buckets/default/files?prefix=letters/&limit=1", is: 200),
        Exchange("GET", Self.list, "/v1/buckets/default/files?limit=0", is: 400),
        Exchange("GET", Self.list, "/v1/buckets/absent/files", is: 404),
    ]

    private static let operations = [
        Exchange("GET", "/v1/operations", is: 200),
        Exchange("GET", "/v1/operations", "/v1/operations?state=failed&kind=upload&limit=1", is: 200),
        Exchange("GET", "/v1/operations", "/v1/operations?state=asleep", is: 400),
        Exchange("GET", Self.operation, "/v1/operations/\(Self.id)", is: 200),
        Exchange("GET", Self.operation, "/v1/operations/\(Self.unknownID)", is: 404),
        Exchange("GET", Self.operation, "/v1/operations/1", is: 400),
        Exchange("GET", Self.operation + "/history", "/v1/operations/\(Self.id)/history", is: 200),
        Exchange("GET", Self.operation + "/history", "/v1/operations/\(Self.unknownID)/history", is: 404),
        Exchange("GET", Self.operation + "/events", "/v1/operations/\(Self.id)/events", is: 200),
        Exchange("GET", Self.operation + "/events", "/v1/operations/\(Self.unknownID)/events", is: 404),
        Exchange("HEAD", Self.operation + "/events", "/v1/operations/\(Self.id)/events", is: 200),
        Exchange("HEAD", Self.operation + "/events", "/v1/operations/\(Self.unknownID)/events", is: 404),
        Exchange("HEAD", "/v1/operations/events", is: 200),
        Exchange("DELETE", Self.operation, "/v1/operations/\(Self.id)", is: 409),
        Exchange("DELETE", Self.operation, "/v1/operations/\(Self.unknownID)", is: 404),
    ]

    private static let system = [
        Exchange("GET", "/v1/system", is: 200),
        Exchange("GET", "/healthz", is: 200),
        Exchange("GET", "/readyz", is: 200),
        Exchange("GET", "/openapi.json", is: 200),
    ]

    private static let removals = [
        Exchange("DELETE", Self.bucket, "/v1/buckets/default", is: 409),
        Exchange("DELETE", Self.file, Self.hello, ["If-Match": "\"other\""], is: 412),
        Exchange("DELETE", Self.file, Self.hello, is: 204),
        Exchange("DELETE", Self.file, Self.hello, is: 404),
        Exchange("DELETE", Self.bucket, "/v1/buckets/default", is: 204),
    ]
    private static let samples = "/v1/performance/samples"
    private static let series = "/v1/metrics/series"
    private static let unknownAlert = "/v1/alerts/\(Exchange.unknownID)"

    private static let monitoring = [
        Exchange("POST", Self.samples, body: #"{"metric":"ocr.pages","value":12,"tags":{"language":"de"}}"#, is: 204),
        Exchange("POST", Self.samples, body: "{}", is: 400),
        Exchange("POST", Self.samples, body: #"{"metric":"Pages","value":12}"#, is: 400),
        Exchange("POST", Self.samples, body: #"{"metric":"queue_wait","value":12}"#, is: 403),
        Exchange("POST", Self.samples, body: String(repeating: " ", count: 20_000), is: 413),
        Exchange("GET", "/v1/performance", is: 200),
        Exchange("GET", "/v1/performance/operations", is: 200),
        Exchange("GET", "/v1/performance/operations", "/v1/performance/operations?kind=upload&limit=1", is: 200),
        Exchange("GET", "/v1/performance/operations", "/v1/performance/operations?limit=0", is: 400),
        Exchange("GET", Self.series, Self.series + "?metric=response_time", is: 200),
        Exchange("GET", Self.series, is: 400),
        Exchange("GET", Self.series, Self.series + "?metric=response_time&step=90s", is: 400),
        Exchange("GET", Self.series, Self.series + "?metric=absent", is: 404),
        Exchange("GET", "/metrics", is: 200),
        Exchange("GET", "/metrics", nil, ["Accept": "application/openmetrics-text"], is: 200),
        Exchange("GET", "/v1/errors", is: 200),
        Exchange("GET", "/v1/errors", "/v1/errors?code=digest_mismatch&severity=medium&limit=1", is: 200),
        Exchange("GET", "/v1/errors", "/v1/errors?severity=bad", is: 400),
        Exchange("GET", "/v1/alerts", "/v1/alerts?state=loud", is: 400),
        Exchange("GET", "/v1/alerts/{id}", Self.unknownAlert, is: 404),
        Exchange("POST", "/v1/alerts/{id}/acknowledge", Self.unknownAlert + "/acknowledge", is: 404),
        Exchange("POST", "/v1/alerts/{id}/resolve", Self.unknownAlert + "/resolve", is: 404),
    ]
}
