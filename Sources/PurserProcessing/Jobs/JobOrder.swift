import Crypto
import Foundation
import PurserIdentifiers
import PurserOperations

/// What the catalog keeps of a request beside the files: what the job needs to go on after a restart.
struct JobOrder: Sendable, Codable, Equatable {
    var parameters: [String: StepValue]
    /// The bucket and the prefix whose files are listed.
    var bucket: String?
    var prefix: String?
    var tellsProgress: Bool
    /// In seconds.
    var timeout: Double?
    var callbackURL: String?
    var trigger: String?

    init(_ request: JobRequest) {
        self.parameters = request.parameters
        self.bucket = request.prefix?.bucket.text
        self.prefix = request.prefix?.prefix
        self.tellsProgress = request.tellsProgress
        self.timeout = request.timeout?.inSeconds
        self.callbackURL = request.callbackURL
        self.trigger = request.trigger
    }

    /// Reads what the catalog kept.
    init(text: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    }

    /// Encodes it for the catalog.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The files that are listed, if any.
    var listedPrefix: JobPrefix? {
        guard let bucket, let prefix, let name = try? BucketName(bucket) else { return nil }  // written by us
        return JobPrefix(bucket: name, prefix: prefix)
    }
}

extension JobRequest {
    /// The name under which the catalog knows that this is asked for again; `nil` where it cannot be.
    ///
    /// Keys are each client's own, and those of triggers are of no client: nobody can take another's.
    var idempotencyName: String? {
        guard let key = self.idempotencyKey else { return nil }
        guard self.trigger == nil else { return "trigger:\(key)" }
        // With its length, so that no client's name can be the beginning of another's with a key.
        return "client:\(self.client.utf8.count):\(self.client):\(key)"
    }

    /// A digest of all that is asked for, to tell a repeated request from another one.
    func digest() throws -> Data {
        var hash = SHA256()
        for part in [self.pipeline, "\(self.priority.rawValue)", try JobOrder(self).text()] {
            hash.update(data: Data("\(part.utf8.count) \(part)".utf8))
        }
        for file in self.inputs {
            hash.update(data: Data("\(file.bucket.text)/\(file.key.text.utf8.count) \(file.key.text)".utf8))
        }
        return Data(hash.finalize())
    }
}
