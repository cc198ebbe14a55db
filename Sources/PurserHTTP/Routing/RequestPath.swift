import Hummingbird
import PurserIdentifiers

/// Names in the path of a request, taken from its raw form: split once, decoded once.
///
/// The router drops empty parts and decodes nothing, so `a//b`, a trailing `/` and `%2F` are told apart only here.
enum RequestPath {
    private static let bucketsPrefix = "/v1/buckets/"
    private static let filesPart = "/files/"

    /// The bucket of `/v1/buckets/{bucket}` and all below it.
    static func bucket(of request: Request) throws -> BucketName {
        try BucketName(self.decode(try self.split(request).bucket, code: .invalidBucketName))
    }

    /// Bucket and key of `/v1/buckets/{bucket}/files/{key…}`.
    static func file(of request: Request) throws -> (bucket: BucketName, key: FileKey) {
        let parts = try self.split(request)
        let bucket = try BucketName(self.decode(parts.bucket, code: .invalidBucketName))
        guard let rawKey = parts.key, !rawKey.isEmpty else {
            throw IdentifierError(.invalidKey, "not a key: it is empty")
        }
        return (bucket, try FileKey(self.decode(rawKey, code: .invalidKey)))
    }

    /// What a request about a bucket or a file is about, for people: its names, else its address as it was sent.
    static func name(of request: Request) -> String {
        // Names that cannot be are told as they came.
        if let file = try? self.file(of: request) { return "\(file.bucket)/\(file.key)" }
        let path = request.uri.path
        return String(
            (path.hasPrefix(self.bucketsPrefix) ? path.dropFirst(self.bucketsPrefix.count) : path[...]).prefix(256)
        )
    }

    private static func split(_ request: Request) throws -> (bucket: Substring, key: Substring?) {
        let path = request.uri.path
        guard path.hasPrefix(self.bucketsPrefix) else {
            throw Problem(.notFound, "not_found", "there is nothing at this address")
        }
        let rest = path.dropFirst(self.bucketsPrefix.count)
        guard let slash = rest.firstIndex(of: "/") else { return (rest, nil) }
        let tail = rest[slash...]
        let key = tail.hasPrefix(self.filesPart) ? tail.dropFirst(self.filesPart.count) : nil
        return (rest[..<slash], key)
    }

    private static func decode(_ text: Substring, code: IdentifierError.Code) throws -> String {
        guard let bytes = PercentEncoding.decode(text.utf8) else {
            throw IdentifierError(code, "a '%' in the address must be followed by two hexadecimal digits")
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw IdentifierError(code, "the name in the address is not valid UTF-8")
        }
        return decoded
    }
}
