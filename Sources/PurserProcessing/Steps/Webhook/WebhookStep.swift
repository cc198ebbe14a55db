import Crypto
import Foundation
import PurserIdentifiers

/// The step `webhook`: tells an address of a file, and of what earlier steps found.
///
/// The same file of the same job bears the same `Idempotency-Key`, however often it is sent.
struct WebhookStep: ProcessingStep {
    private struct Document: Encodable {
        let bucket: String
        let key: String
        let sha256: String
        let size: Int64
        let contentType: String?
        let values: [String: [String: StepValue]]

        enum CodingKeys: String, CodingKey {
            case bucket, key, sha256, size, values
            case contentType = "content_type"
        }
    }

    private let url: String
    private let allowsPrivate: Bool
    private let headers: [String: String]

    /// Reads what a pipeline says under `with`.
    ///
    /// - Parameter settings: `url`, `allow_private` (false), `headers`.
    /// - Throws: ``StepSettingProblem``.
    init(_ settings: StepSettings) throws(StepSettingProblem) {
        self.url = try settings.string("url")
        self.allowsPrivate = try settings.bool("allow_private", default: false)
        self.headers = try settings.texts("headers", default: [:])
        if let objection = OutgoingPost.objection(to: self.url) { throw settings.problem("url", objection) }
        for (name, value) in self.headers where !Self.isField(name, value) {
            throw settings.problem("headers", "takes names of letters, digits and '-', and values of one line")
        }
    }

    /// It does something outside: it is done for each file, whether its content was seen before or not.
    var cacheIdentity: String? { nil }
    var readsContent: Bool { false }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let document = Document(
            bucket: input.bucket.text,
            key: input.key.text,
            sha256: input.content.hex,
            size: input.size,
            contentType: input.contentType,
            values: input.earlier.mapValues(\.values)
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        let post = OutgoingPost(
            allowsPrivate: self.allowsPrivate,
            timeout: context.limits.time,
            product: "purser",
            context.runner.timeline
        )
        let status = try await post.post(
            Array(try encoder.encode(document)),
            to: self.url,
            identity: self.identity(input, context),
            headers: self.headers
        )
        return StepOutput(values: ["status": .integer(Int64(status))])
    }

    private func identity(_ input: StepInput, _ context: StepContext) -> String {
        let name = context.identity.isEmpty ? "\(input.bucket)/\(input.key)/\(input.content)" : context.identity
        let digest = SHA256.hash(data: Data("\(name)\0\(self.url)".utf8))
        return BlobID(bytes: digest)?.hex ?? ""
    }

    private static func isField(_ name: String, _ value: String) -> Bool {
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
                default: false
                }
            }
        return isName && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}

extension StepKind {
    /// `webhook`: tells an address of the file.
    public static let webhook = StepKind("webhook") { settings throws(StepSettingProblem) in
        try WebhookStep(settings)
    }
}
