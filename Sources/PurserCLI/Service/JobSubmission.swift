import PurserIdentifiers

/// A job that is asked for: what `POST /v1/jobs` takes.
struct JobSubmission: Encodable, Sendable {
    /// The class in which its files wait.
    enum Priority: String, Encodable, Sendable, CaseIterable {
        case interactive, batch, background
    }

    /// A value of a parameter.
    enum Value: Encodable, Sendable, Hashable {
        case text(String)
        case integer(Int64)
        case number(Double)
        case boolean(Bool)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .boolean(let value): try container.encode(value)
            }
        }
    }

    /// The pipeline's name.
    var pipeline: String
    /// Files one by one.
    var inputs: [FilePlace] = []
    /// All files of a bucket whose keys begin so.
    var prefix: FilePrefix?
    /// Values for the pipeline's parameters.
    var parameters: [String: Value] = [:]
    /// The class in which its files wait; the service's own choice where it is `nil`.
    var priority: Priority?
    /// How long it may run in all, in seconds.
    var timeout: Double?
    /// Where its document is posted once it has ended.
    var callbackURL: String?
    /// A name under which it can be asked for again without a second job.
    var idempotencyKey: String?

    private enum CodingKeys: String, CodingKey {
        case pipeline, inputs, prefix, parameters, priority, timeout
        case callbackURL = "callback_url"
        case idempotencyKey = "idempotency_key"
    }

    private struct Input: Encodable {
        var bucket: String
        var key: String
    }

    private struct Prefix: Encodable {
        var bucket: String
        var prefix: String
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.pipeline, forKey: .pipeline)
        if !self.inputs.isEmpty {
            let inputs = self.inputs.map { Input(bucket: $0.bucket.text, key: $0.key.text) }
            try container.encode(inputs, forKey: .inputs)
        }
        let prefix = self.prefix.map { Prefix(bucket: $0.bucket.text, prefix: $0.prefix) }
        try container.encodeIfPresent(prefix, forKey: .prefix)
        if !self.parameters.isEmpty { try container.encode(self.parameters, forKey: .parameters) }
        try container.encodeIfPresent(self.priority, forKey: .priority)
        try container.encodeIfPresent(self.timeout, forKey: .timeout)
        try container.encodeIfPresent(self.callbackURL, forKey: .callbackURL)
        try container.encodeIfPresent(self.idempotencyKey, forKey: .idempotencyKey)
    }
}

/// The beginning that keys of a bucket have in common.
struct FilePrefix: Sendable, Hashable {
    /// The bucket.
    var bucket: BucketName
    /// What keys begin with; all keys where it is empty.
    var prefix: String
}
