import Foundation
import Hummingbird
import NIOCore
import NIOFoundationEssentialsCompat

/// Small JSON documents that clients send.
enum JSONBody {
    /// Bytes of a document at most, unless told otherwise.
    static let maxBytes = 16 * 1024

    /// Reads a document; an empty body is taken for `{}`.
    ///
    /// - Throws: A problem 413 where it is too large; 400 where it is no JSON, of another form, or has fields that
    ///   nobody asked for.
    static func read<Document: Decodable>(
        _ type: Document.Type,
        fields: Set<String>,
        example: String,
        maxBytes: Int = JSONBody.maxBytes,
        _ request: Request,
        _ context: PurserRequestContext
    ) async throws -> Document {
        let tooLarge = Problem(.contentTooLarge, "document_too_large", "the body has at most \(maxBytes) bytes")
        let length = request.headers[.contentLength].flatMap { Int64($0) }
        if let length, length > maxBytes { throw tooLarge }
        await context.connection?.admitBody(expecting: length)
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: maxBytes)
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
        } catch let error as DecodingError {
            throw self.problem(error) ?? malformed
        } catch {
            throw malformed
        }
    }

    /// Names the field at fault; `nil` where it is the document as a whole.
    private static func problem(_ error: DecodingError) -> Problem? {
        let (path, reason): ([any CodingKey], String) =
            switch error {
            case .keyNotFound(let key, let context): (context.codingPath + [key], "it is missing")
            case .typeMismatch(let type, let context): (context.codingPath, "it takes a value of type \(type)")
            case .valueNotFound(let type, let context): (context.codingPath, "it takes a value of type \(type)")
            case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
            @unknown default: ([], "")
            }
        guard !path.isEmpty else { return nil }
        let name = path.reduce("") { name, key in
            if let index = key.intValue { return "\(name)[\(index)]" }
            return name.isEmpty ? key.stringValue : "\(name).\(key.stringValue)"
        }
        return .malformed("invalid_document", "'\(name.prefix(200))': \(reason)")
    }
}
