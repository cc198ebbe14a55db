import Foundation
import PurserProcessing

extension JobCallback {
    /// Posts the same document that `GET /v1/jobs/{id}` has; the job's id tells one from another.
    ///
    /// - Parameters:
    ///   - allowsPrivate: Whether URLs may lead to this machine, and to networks that are not public.
    ///   - clock: Measures how long it takes.
    init(allowsPrivate: Bool, clock: any Clock<Duration>) {
        let sender = OutgoingPost(
            allowsPrivate: allowsPrivate,
            product: "purser/\(PurserVersion.current)",
            clock: clock
        )
        self.init { url in
            sender.refusal(of: url)
        } post: { url, job in
            let document = try DocumentCoding.encode(ProcessingJobDocument(job))
            _ = try await sender.post(Array(document), to: url, identity: job.id)
        }
    }
}
