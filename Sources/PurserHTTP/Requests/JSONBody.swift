import Foundation
import Hummingbird
import NIOCore
import NIOFoundationEssentialsCompat

/// Small JSON documents that clients send.
enum JSONBody {
    /// Bytes of a document at most.
    static let maxBytes = 16 * 1024

    /// Reads a document; an empty body is taken for `{}`.
    ///
    /// - Throws: A problem 413 where it is too large; 400 where it is no JSON, of another form, or has fields that
    ///   nobody asked for.
    static func read<Document: Decodable>(
        _ type: Document.Type,
        fields: Set<String>,
        example: String,
        _ request: Request,
        _ context: PurserRequestContext
    ) async throws -> Document {
        let tooLarge = Problem(.contentTooLarge, "document_too_large", "the body has at most \(Self.maxBytes) bytes")
        let length = request.headers[.contentLength].flatMap { Int64($0) }
        if let length, length > Self.maxBytes { throw tooLarge }
        await context.connection?.admitBody(expecting: length)
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.maxBytes)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
        let data = body.readableBytes > 0 ? Data(buffer: body) : Data("{}".utf8)
        let malformed = Problem.malformed("invalid_document", "the body takes JSON such as \(example)")
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else { throw malformed }
        if let unknown = object.keys.sorted().first(where: { !fields.contains($0) }) {
            throw Problem.malformed(
                "invalid_document",
                "there is no field '\(unknown.prefix(64))'; the fields are \(fields.sorted().joined(separator: ", "))"
            )
        }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw malformed
        }
    }
}
