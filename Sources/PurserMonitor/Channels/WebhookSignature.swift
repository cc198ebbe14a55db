import Crypto
import Foundation

/// The signature by which a receiver knows that a message is from us, unchanged and recent.
///
/// `X-Purser-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA-256 (RFC 2104) of `SECONDS.BODY` under the secret,
/// and SECONDS the Unix time of the attempt. A receiver computes the same over the body as it came, compares in
/// constant time, and refuses times too far from its own.
enum WebhookSignature {
    static let field = "X-Purser-Signature"

    static func value(of body: Data, secret: String, at time: Date) -> String {
        let seconds = Int64(time.timeIntervalSince1970)
        let key = SymmetricKey(data: Data(secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(seconds).".utf8) + body, using: key)
        let digits = code.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        return "t=\(seconds),v1=\(digits.joined())"
    }
}
