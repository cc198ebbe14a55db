import HTTPTypes
import Hummingbird
import PurserCatalog
import PurserIdentifiers

/// What a GET or HEAD of a file is answered with: decided from the request and the file's record alone.
struct FileAnswer {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    /// The bytes of the content to send; `nil` where none are.
    let range: Range<Int64>?
    private let bodyLength: Int64

    init(to request: Request, file: FileRecord) throws {
        var headers = Self.validators(of: file)
        switch try Conditions(request.headers).weigh(for: file) {
        case .failed: throw Conditions.failed(file)
        case .notModified:
            self.init(status: .notModified, headers: headers, range: nil, bodyLength: 0)
            return
        case .proceed: break
        }
        headers.append(contentsOf: try Self.description(of: file, for: request))
        // RFC 9110 §14.2: ranges are for GET.
        let asked = request.method == .get ? try Self.range(request.headers, file) : nil
        guard let range = asked else {
            let whole = 0..<file.size
            self.init(status: .ok, headers: headers, range: whole.isEmpty ? nil : whole, bodyLength: file.size)
            return
        }
        guard let bytes = range.resolved(size: file.size) else {
            throw Problem(
                .rangeNotSatisfiable,
                "range_not_satisfiable",
                "the file has \(file.size) bytes",
                headers: [.contentRange: "bytes */\(file.size)"]
            )
        }
        headers[.contentRange] = "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(file.size)"
        self.init(status: .partialContent, headers: headers, range: bytes, bodyLength: Int64(bytes.count))
    }

    private init(status: HTTPResponse.Status, headers: HTTPFields, range: Range<Int64>?, bodyLength: Int64) {
        self.status = status
        self.headers = headers
        self.range = range
        self.bodyLength = bodyLength
    }

    private static func validators(of file: FileRecord) -> HTTPFields {
        [
            .eTag: file.etag,
            .lastModified: HTTPDate.format(file.modifiedAt),
            .cacheControl: "private, no-cache",
        ]
    }

    private static func description(of file: FileRecord, for request: Request) throws -> HTTPFields {
        var headers: HTTPFields = [
            .acceptRanges: "bytes",
            .contentType: file.contentType ?? FileDocument.unknownType,
            .reprDigest: file.reprDigest,
            // An uploaded page must not act as a page of this server.
            .contentSecurityPolicy: "sandbox",
            .xContentTypeOptions: "nosniff",
        ]
        UserMetadata.write(file.metadata, to: &headers)
        if try Query(request)["download"] != nil {
            let name = file.key.text.split(separator: "/").last.map(String.init) ?? "file"
            headers[.contentDisposition] = "attachment; filename*=UTF-8''\(PercentEncoding.encode(name))"
        }
        return headers
    }

    /// The range asked for, unless `If-Range` says that the client has another content (RFC 9110 §13.1.5).
    private static func range(_ headers: HTTPFields, _ file: FileRecord) throws -> ByteRange? {
        guard let text = headers[.range], let range = try ByteRange.parse(text) else { return nil }
        guard let condition = headers[.ifRange] else { return range }
        if condition.trimmingBlanks().hasPrefix("\"") {
            return condition.trimmingBlanks() == file.etag ? range : nil
        }
        guard let date = HTTPDate.parse(condition) else { return nil }
        return date == file.modifiedAt.wholeSeconds ? range : nil
    }

    /// The answer to a HEAD, or one that has no bytes.
    func responseWithoutBody() -> Response {
        var response = Response(status: self.status, headers: self.headers)
        // RFC 9110 §8.6: of a 304 it would tell the length of the content.
        response.headers[.contentLength] = self.status == .notModified ? nil : "\(self.bodyLength)"
        return response
    }

    func response(body: ResponseBody) -> Response {
        Response(status: self.status, headers: self.headers, body: body)
    }
}
