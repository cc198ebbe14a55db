import Foundation
import PurserOperations

/// An address that gets a POST for each change of an alert.
public struct WebhookConfiguration: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// What the body of the POST looks like.
    public enum Format: String, Sendable, CaseIterable, Codable {
        /// The alert's document and what happened to it.
        case generic
        /// What Slack's incoming webhooks take, and others that speak their format.
        case slack
    }

    /// `name`: what logs call it, 1 to 64 bytes; the address itself may be a secret and is never logged.
    public var name: String
    /// `url`: where to send; http or https.
    public var url: String
    /// `secret`: the key of the signature, 16 to 256 bytes; nothing is signed without it.
    public var secret: String?
    /// `format`: what the body looks like.
    public var format = Format.generic
    /// `minimum_severity`: alerts below it are not sent.
    public var minimumSeverity = AlertSeverity.warning
    /// How often and how long it is tried.
    public var delivery = DeliveryConfiguration()

    /// Names an address.
    public init(name: String, url: String, secret: String? = nil) {
        self.name = name
        self.url = url
        self.secret = secret
    }

    /// Without the address and the secret: it may come into a log.
    public var description: String { "webhook '\(self.name)' (\(self.format.rawValue))" }
    /// As ``description``.
    public var debugDescription: String { self.description }

    func problems(key: String) -> [SettingProblem] {
        var problems: [SettingProblem] = []
        if !(1...64).contains(self.name.utf8.count) {
            problems.append(SettingProblem("\(key).name", got: "'\(self.name)'", takes: "1 to 64 bytes"))
        }
        let address = URLComponents(string: self.url)
        if address?.host?.isEmpty ?? true || !["http", "https"].contains(address?.scheme?.lowercased()) {
            // Not the address, which may carry a secret.
            problems.append(SettingProblem("\(key).url", got: "something else", takes: "http://… or https://…"))
        }
        if let secret, !(16...256).contains(secret.utf8.count) {
            problems.append(
                SettingProblem("\(key).secret", got: "\(secret.utf8.count) bytes", takes: "16 to 256 bytes, or none")
            )
        }
        return problems + self.delivery.problems(key: key)
    }
}
