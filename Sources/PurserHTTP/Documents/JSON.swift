import Foundation
import HTTPTypes
import Hummingbird
import NIOFoundationEssentialsCompat

extension Response {
    /// An answer of one JSON document.
    static func json(_ document: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:])
        -> Response
    {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        do {
            var headers = headers
            headers[.contentType] = "application/json"
            headers[.cacheControl] = "no-store"
            let buffer = ByteBuffer(data: try encoder.encode(document))
            return Response(status: status, headers: headers, body: .init(byteBuffer: buffer))
        } catch {
            preconditionFailure("our documents can be encoded: \(error)")
        }
    }
}

extension Response {
    /// The same answer, which keeps a place until it has been sent.
    func holding(_ place: Places.Place) -> Response {
        let body = self.body
        var answer = self
        answer.body = ResponseBody(contentLength: body.contentLength) { writer in
            defer { place.leave() }
            try await body.write(writer)
        }
        return answer
    }
}

extension Duration {
    /// In seconds, to the millisecond.
    var seconds: Double {
        let (seconds, attoseconds) = self.components
        return (Double(seconds) * 1000 + (Double(attoseconds) * 1e-15).rounded()) / 1000
    }
}
