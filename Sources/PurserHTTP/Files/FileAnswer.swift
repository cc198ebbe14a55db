import HTTPTypes
import Hummingbird
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserStore

/// What a GET or HEAD of a file is answered with: decided from the request and the file's record alone.
struct FileAnswer {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    /// The coding of the bytes to send; `nil` where they are the content.
    let coding: ContentCoding?
    /// The bytes to send, of the content or of its coded form; `nil` where none are.
    let range: Range<Int64>?
    private let bodyLength: Int64

    /// Decides about an answer.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - file: The file as it is.
    ///   - sendsCodings: Whether a client that takes the coding in which the content is kept gets the bytes as they are
    ///     kept.
    /// - Throws: A problem 400, 412 or 416.
    init(to request: Request, file: FileRecord, sendsCodings: Bool = true) throws {
        let accepted = AcceptedCodings(request.headers)
        // RFC 9110 §14.2: ranges are for GET. A field that cannot be read matters only where the conditions hold.
        let asked = Result { request.method == .get ? try Self.range(request.headers, file) : nil }
        let isRange = (try? asked.get()) != nil
        let coding = file.coding.flatMap { sendsCodings && !isRange && accepted.prefers($0) ? $0 : nil }
        let form = FileTag(file.blob, coding)
        switch try Conditions(request.headers).weigh(for: file, form: form, accepted: accepted) {
        case .failed: throw Conditions.failed(file)
        case .notModified(let tag):
            self.init(status: .notModified, headers: Self.validators(of: file, tag))
            return
        case .proceed: break
        }
        var headers = Self.validators(of: file, form)
        headers.append(contentsOf: try Self.description(of: file, coding, for: request))
        guard let range = try asked.get() else {
            let size = coding == nil ? file.size : file.storedSize
            self.init(status: .ok, headers: headers, coding: coding, range: size == 0 ? nil : 0..<size, size)
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
        self.init(status: .partialContent, headers: headers, range: bytes, Int64(bytes.count))
    }

    private init(
        status: HTTPResponse.Status,
        headers: HTTPFields,
        coding: ContentCoding? = nil,
        range: Range<Int64>? = nil,
        _ bodyLength: Int64 = 0
    ) {
        self.status = status
        self.headers = headers
        self.coding = coding
        self.range = range
        self.bodyLength = bodyLength
    }

    private static func validators(of file: FileRecord, _ tag: FileTag) -> HTTPFields {
        [
            .eTag: tag.text,
            .lastModified: HTTPDate.format(file.modifiedAt),
            .cacheControl: "private, no-cache",
            // Also while the content is kept as it is: it may be compressed any time.
            .vary: "Accept-Encoding",
        ]
    }

    private static func description(
        of file: FileRecord,
        _ coding: ContentCoding?,
        for request: Request
    ) throws -> HTTPFields {
        var headers: HTTPFields = [
            .acceptRanges: "bytes",
            .contentType: file.contentType ?? FileDocument.unknownType,
            // An uploaded page must not act as a page of this server.
            .contentSecurityPolicy: "sandbox",
            .xContentTypeOptions: "nosniff",
        ]
        if let coding {
            // RFC 9530 §2: the digest would be that of the coded form, which nobody has worked out.
            headers[.contentEncoding] = coding.rawValue
        } else {
            headers[.reprDigest] = file.reprDigest
        }
        UserMetadata.write(file.metadata, to: &headers)
        if try Query(request)["download"] != nil {
            let name = file.key.text.split(separator: "/").last.map(String.init) ?? "file"
            headers[.contentDisposition] = "attachment; filename*=UTF-8''\(PercentEncoding.encode(name))"
        }
        return headers
    }

    /// The range asked for, unless `If-Range` says that the client has another content, or a form of it of which no parts
    /// are sent (RFC 9110 §13.1.5).
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
