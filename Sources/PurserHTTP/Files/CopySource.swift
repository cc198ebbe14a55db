import HTTPTypes
import PurserIdentifiers

/// The value of `X-Copy-From`: a bucket, a slash, and a key, percent-encoded like a path.
enum CopySource {
    static func read(_ headers: HTTPFields) throws -> (bucket: BucketName, key: FileKey) {
        let text = headers[.xCopyFrom] ?? ""
        let rest = text.hasPrefix("/") ? text.dropFirst() : text[...]
        guard let slash = rest.firstIndex(of: "/") else {
            throw Problem.malformed("invalid_copy_source", "X-Copy-From takes BUCKET/KEY, percent-encoded")
        }
        guard let bucket = PercentEncoding.decode(rest[..<slash].utf8),
            let key = PercentEncoding.decode(rest[rest.index(after: slash)...].utf8)
        else {
            throw Problem.malformed("invalid_copy_source", "X-Copy-From is not percent-encoded")
        }
        return (try BucketName(String(decoding: bucket, as: UTF8.self)), try FileKey(utf8: key))
    }
}
