import PurserBlobs
import PurserOptimizer
import PurserStore

extension Reencoder {
    /// Encodes the contents of a store as a policy asks for.
    ///
    /// - Returns: `nil` where there is no codec of that name.
    init?(of store: FileStore, _ policy: CompressionPolicy) {
        guard let coding = ContentCoding(rawValue: policy.codec) else { return nil }
        let request = { @Sendable (isDryRun: Bool) in
            var request = ReencodeRequest(coding: coding, level: policy.level)
            request.isDryRun = isDryRun
            return request
        }
        self.init { blob, operation, isDryRun, throttle in
            let request = request(isDryRun)
            return Outcome(
                try await store.reencode(blob.id, request, operation: operation, throttle: throttle)
            )
        } several: { blobs, operation, isDryRun, throttle in
            let request = request(isDryRun)
            return try await store.reencodeInline(blobs, request, operation: operation, throttle: throttle)
                .map { $0.map(Outcome.init) }
        }
    }
}

extension Reencoder.Outcome {
    /// What the store has done, as the optimizer counts it.
    init(_ outcome: ReencodeOutcome) {
        switch outcome.result {
        case .reencoded: self = .encoded(before: outcome.bytesBefore, after: outcome.bytesAfter)
        case .incompressible, .unsuitableSize: self = .unsuitable
        case .alreadyEncoded, .changed: self = .skipped
        }
    }
}
