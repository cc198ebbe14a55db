import Foundation

/// What a webhook posts, by its format.
enum WebhookBody {
    static func make(_ notification: AlertNotification, _ format: WebhookConfiguration.Format) throws -> Data {
        switch format {
        case .generic: try AlertJSON.encode(Generic(notification))
        case .slack: try AlertJSON.encode(Slack(notification))
        }
    }

    /// The same for each attempt, so that a receiver can tell a repetition.
    static func deliveryID(_ notification: AlertNotification) -> String {
        let milliseconds = Int64((notification.at.timeIntervalSince1970 * 1000).rounded())
        return "\(notification.alert.id)-\(notification.event.rawValue)-\(milliseconds)"
    }

    private struct Generic: Encodable {
        let version = 1
        let event: AlertNotification.Event
        let at: String
        let alert: AlertDocument

        init(_ notification: AlertNotification) {
            self.event = notification.event
            self.at = AlertDocument.text(notification.at)
            self.alert = AlertDocument(notification.alert)
        }
    }

    /// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>, with a classic attachment, which
    /// those who took the format over know as well.
    private struct Slack: Encodable {
        struct Attachment: Encodable {
            struct Field: Encodable {
                let title: String
                let value: String
                let short = true
            }

            let fallback: String
            let color: String
            let text: String
            let fields: [Field]
            let ts: Int64
        }

        let text: String
        let attachments: [Attachment]

        init(_ notification: AlertNotification) {
            let alert = notification.alert
            let title = Self.escape(notification.title)
            let message = Self.escape(alert.message)
            var fields = [
                Attachment.Field(title: "Rule", value: Self.escape(alert.rule)),
                Attachment.Field(title: "Severity", value: alert.severity.rawValue),
            ]
            if !alert.subject.isEmpty {
                fields.append(Attachment.Field(title: "Subject", value: Self.escape(alert.subject)))
            }
            self.text = title
            self.attachments = [
                Attachment(
                    fallback: "\(title): \(message)",
                    color: notification.event == .resolved ? "good" : Self.color(of: alert.severity),
                    text: message,
                    fields: fields,
                    ts: Int64(notification.at.timeIntervalSince1970)
                )
            ]
        }

        private static func escape(_ text: String) -> String {
            text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        }

        private static func color(of severity: AlertSeverity) -> String {
            switch severity {
            case .info: "#439fe0"
            case .warning: "warning"
            case .error, .critical: "danger"
            }
        }
    }
}

extension AlertNotification {
    /// One line for people: what happened to which alert.
    var title: String {
        let subject = self.alert.subject.isEmpty ? "" : " (\(self.alert.subject))"
        return "[purser] \(self.alert.severity.rawValue) \(self.event.rawValue): \(self.alert.rule)\(subject)"
    }
}
