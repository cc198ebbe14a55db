import Foundation
import HTTPTypes
import Hummingbird
import PurserOperations

/// An answer that something is wrong: a problem document (RFC 9457) with a stable code.
struct Problem: Error {
    /// Status of the answer.
    var status: HTTPResponse.Status
    /// Stable, for programs.
    var code: String
    /// For people: what happened, and what to do.
    var detail: String
    /// More headers of the answer.
    var headers: HTTPFields

    init(_ status: HTTPResponse.Status, _ code: String, _ detail: String, headers: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers
    }

    static func malformed(_ code: String, _ detail: String) -> Problem {
        Problem(.badRequest, code, detail)
    }
}

extension Problem: OperationFailure {
    var failureCode: String { self.code }
    var failureMessage: String { self.detail }
}

/// The document of a problem.
private struct ProblemDocument: Encodable {
    var type = "about:blank"
    var title: String
    var status: Int
    var code: String
    var detail: String
    var requestID: String

    enum CodingKeys: String, CodingKey {
        case type, title, status, code, detail
        case requestID = "request_id"
    }
}

extension Problem {
    /// The answer.
    func response(requestID: String) -> Response {
        let document = ProblemDocument(
            title: self.status.reasonPhrase,
            status: self.status.code,
            code: self.code,
            detail: self.detail,
            requestID: requestID
        )
        var response = Response.json(document, status: self.status)
        response.headers[.contentType] = "application/problem+json"
        response.headers.append(contentsOf: self.headers)
        return response
    }
}
