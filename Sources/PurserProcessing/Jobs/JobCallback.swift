/// Posts the document of a job that has ended to a URL.
public struct JobCallback: Sendable {
    /// Why a URL cannot be taken; `nil` where it can.
    ///
    /// Quick: it looks at the text alone.
    public var objection: @Sendable (_ url: String) -> String?
    /// Posts; throws where the document was not taken, a ``StepFailure`` that is not transient where it never will be.
    ///
    /// Bounded in time, and must not follow to other places.
    public var post: @Sendable (_ url: String, _ document: JobDocument) async throws -> Void

    /// Takes the ways to look and to post.
    public init(
        objection: @escaping @Sendable (_ url: String) -> String? = { _ in nil },
        post: @escaping @Sendable (_ url: String, _ document: JobDocument) async throws -> Void
    ) {
        self.objection = objection
        self.post = post
    }

    /// Posts as webhooks do; the request bears the job's id as its `Idempotency-Key`.
    ///
    /// - Parameters:
    ///   - sender: Posts once.
    ///   - encode: The JSON of a job.
    public init(_ sender: OutgoingPost, encode: @escaping @Sendable (JobDocument) throws -> [UInt8]) {
        self.init(objection: OutgoingPost.objection) { url, document in
            _ = try await sender.post(try encode(document), to: url, identity: document.id)
        }
    }
}
