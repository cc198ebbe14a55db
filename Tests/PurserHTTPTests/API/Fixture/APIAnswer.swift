import HTTPTypes
import NIOCore
import Purser
import Testing

/// An answer of the API.
struct APIAnswer: Sendable {
    var status: Int
    var fields: HTTPFields
    var body: ByteBuffer

    var bytes: [UInt8] { Array(self.body.readableBytesView) }
    var text: String { String(buffer: self.body) }
    var etag: String? { self.fields[.eTag] }

    subscript(_ name: String) -> String? { HTTPField.Name(name).flatMap { self.fields[$0] } }

    func json() throws -> JSONValue { try JSONValue(json: self.body.readableBytesView) }

    /// The answer is the problem document that is expected.
    func expectProblem(
        _ status: Int,
        _ code: String,
        _ request: Comment = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(self.status == status, "\(request): \(self.text)", sourceLocation: sourceLocation)
        let id = try #require(self["X-Request-Id"], sourceLocation: sourceLocation)
        #expect(self["Content-Type"] == "application/problem+json", sourceLocation: sourceLocation)
        #expect(self["Server"]?.hasPrefix("purser/") == true, sourceLocation: sourceLocation)
        let document = try self.json()
        #expect(document["code"] == .string(code), request, sourceLocation: sourceLocation)
        #expect(document["status"] == .number(Double(status)), sourceLocation: sourceLocation)
        #expect(document["type"] == .string("about:blank"), sourceLocation: sourceLocation)
        #expect(document["request_id"] == .string(id), sourceLocation: sourceLocation)
        #expect(document["detail"]?.text?.isEmpty == false, sourceLocation: sourceLocation)
    }
}

extension RawAnswer {
    /// The answer is the problem document that is expected.
    func expectProblem(_ status: Int, _ code: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var fields = HTTPFields()
        for (name, value) in self.fields {
            fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        let answer = APIAnswer(status: self.status, fields: fields, body: ByteBuffer(string: self.body))
        try answer.expectProblem(status, code, sourceLocation: sourceLocation)
    }
}

extension JSONValue {
    /// A member of a member.
    subscript(_ outer: String, _ inner: String) -> JSONValue? { self[outer]?[inner] }

    var number: Double? {
        if case .number(let value) = self { value } else { nil }
    }
}
