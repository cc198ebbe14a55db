import Foundation
import HTTPTypes
import Purser
import PurserIdentifiers
import PurserOperations
import PurserProcessing

/// A job as clients ask for it.
struct JobBody: Decodable {
    /// A file; of the bucket `default` where none is named.
    struct Input: Decodable {
        var bucket: String?
        var key: String

        enum CodingKeys: String, CodingKey, CaseIterable {
            case bucket, key
        }

        init(from decoder: any Decoder) throws {
            try FieldName.check(decoder, Self.CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.bucket = try container.decodeIfPresent(String.self, forKey: .bucket)
            self.key = try container.decode(String.self, forKey: .key)
        }
    }

    /// What keys begin with: a text for the bucket `default`, else both.
    struct Prefix: Decodable {
        var bucket: String?
        var prefix: String

        enum CodingKeys: String, CodingKey, CaseIterable {
            case bucket, prefix
        }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                self.prefix = text
                return
            }
            try FieldName.check(decoder, Self.CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.bucket = try container.decodeIfPresent(String.self, forKey: .bucket)
            self.prefix = try container.decodeIfPresent(String.self, forKey: .prefix) ?? ""
        }

        /// The prefix, with its bucket.
        ///
        /// - Throws: `IdentifierError`.
        func named() throws -> JobPrefix {
            JobPrefix(bucket: try self.bucket.map { try BucketName($0) } ?? .default, prefix: self.prefix)
        }
    }

    /// A duration: a text such as `10m`, or seconds.
    struct Timeout: Decodable {
        var duration: Duration

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let seconds = try? container.decode(Double.self), (0...1e9).contains(seconds) {
                self.duration = .seconds(seconds)
            } else if let text = try? container.decode(String.self), let duration = DurationText.parse(text) {
                self.duration = duration
            } else {
                throw DecodingError.dataCorruptedError(
                    in: container,
                    debugDescription: "it takes a duration such as 10m, or a number of seconds"
                )
            }
        }
    }

    var pipeline: String
    var inputs: [Input]?
    var prefix: Prefix?
    var parameters: [String: StepValue]?
    var priority: String?
    var progress: Bool?
    var timeout: Timeout?
    var callbackURL: String?
    var idempotencyKey: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case pipeline, inputs, prefix, parameters, priority, progress, timeout
        case callbackURL = "callback_url"
        case idempotencyKey = "idempotency_key"
    }

    static let fields = Set(CodingKeys.allCases.map(\.rawValue))
    static let example = "{\"pipeline\":\"document\",\"inputs\":[{\"bucket\":\"default\",\"key\":\"scans/12.pdf\"}]}"
}

extension JobBody {
    /// The job that is asked for, with what stands in the headers.
    ///
    /// - Parameters:
    ///   - headers: `Priority`, `Idempotency-Key` and `X-Operation-Id` count.
    ///   - client: Who asks.
    /// - Returns: The request.
    /// - Throws: A problem 400; `IdentifierError`.
    func request(_ headers: HTTPFields, client: String) throws -> JobRequest {
        var request = JobRequest(
            pipeline: self.pipeline,
            inputs: try (self.inputs ?? []).map { input in
                JobFile(
                    bucket: try input.bucket.map { try BucketName($0) } ?? .default,
                    key: try FileKey(input.key)
                )
            }
        )
        request.prefix = try self.prefix?.named()
        request.parameters = self.parameters ?? [:]
        request.priority = try self.priority(headers)
        request.client = client
        request.tellsProgress = self.progress ?? true
        request.timeout = self.timeout?.duration
        request.callbackURL = self.callbackURL
        request.idempotencyKey = try self.idempotencyKey(headers)
        request.id = try headers[.xOperationID].map { try OperationID($0) }
        return request
    }

    private func priority(_ headers: HTTPFields) throws -> OperationPriority {
        guard let name = self.priority else {
            return headers[.priority] == nil ? .batch : RequestPriority.priority(in: headers)
        }
        guard let priority = OperationPriority(name: name) else {
            throw Problem.malformed("invalid_document", "'priority' takes one of \(OperationPriority.names)")
        }
        return priority
    }

    private func idempotencyKey(_ headers: HTTPFields) throws -> String? {
        guard var key = headers[.idempotencyKey] else { return self.idempotencyKey }
        // A structured field's string; its bare text is taken too.
        if key.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") { key = String(key.dropFirst().dropLast()) }
        guard self.idempotencyKey == nil || self.idempotencyKey == key else {
            throw Problem.malformed("invalid_document", "'idempotency_key' and Idempotency-Key are different")
        }
        return key
    }
}

/// A name of a field that a client sent.
struct FieldName: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    /// Refuses a mapping with fields that nobody asked for.
    ///
    /// - Throws: `DecodingError`, which names the first of them.
    static func check<Known: CodingKey & CaseIterable>(_ decoder: any Decoder, _ known: Known.Type) throws {
        let names = Set(Known.allCases.map(\.stringValue))
        let container = try decoder.container(keyedBy: Self.self)
        let unknown = container.allKeys.filter { !names.contains($0.stringValue) }
        guard let first = unknown.min(by: { $0.stringValue < $1.stringValue }) else { return }
        throw DecodingError.dataCorruptedError(
            forKey: first,
            in: container,
            debugDescription: "there is no such field; the fields are \(names.sorted().joined(separator: ", "))"
        )
    }
}
