import PurserBlobs
import PurserOptimizer
import PurserStore

extension Reencoder {
    /// Encodes the contents of a store as a policy asks for.
    ///
    /// - Returns: `nil` where there is no codec of that name.
    init?(of store: FileStore, _ policy: CompressionPolicy) {
        guard let coding = ContentCoding(rawValue: policy.codec) else { return nil }
        self.init { blob, operation, isDryRun, throttle in
            var request = ReencodeRequest(coding: coding, level: policy.level)
            request.isDryRun = isDryRun
            let outcome = try await store.reencode(blob.id, request, operation: operation, throttle: throttle)
            switch outcome.result {
            case .reencoded: return .encoded(before: outcome.bytesBefore, after: outcome.bytesAfter)
            case .incompressible, .unsuitableSize: return .unsuitable
            case .alreadyEncoded, .changed: return .skipped
            }
        }
    }
}
