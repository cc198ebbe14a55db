import Foundation

/// A mail about an alert, in the form of RFC 5322 and MIME, with lines that end in LF as `sendmail` takes them.
///
/// No text of an alert can become a field of the head: control characters are gone from it, and what is not plain
/// ASCII is encoded (RFC 2047). The body is base64, so that none of its lines means anything to a mail program.
struct MailMessage {
    /// The whole message.
    let text: String

    init(_ notification: AlertNotification, from: String, to: [String], product: String, at time: Date) {
        let domain = from.split(separator: "@").dropFirst().last.map(String.init) ?? "localhost"
        let alert = notification.alert
        let fields = [
            ("From", "Purser <\(Self.plain(from))>"),
            ("To", to.map(Self.plain).joined(separator: ",\n ")),
            ("Subject", Self.subject(notification.title)),
            ("Date", Self.date(time)),
            ("Message-ID", "<\(Self.plain(WebhookBody.deliveryID(notification)))@\(Self.plain(domain))>"),
            // All mails about one alert in one thread.
            ("References", "<\(Self.plain(alert.id))@\(Self.plain(domain))>"),
            ("Auto-Submitted", "auto-generated"),
            ("X-Mailer", Self.plain(product)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "base64"),
        ]
        let head = fields.map { "\($0): \($1)\n" }.joined()
        self.text = head + "\n" + Self.body(notification)
    }

    private static func body(_ notification: AlertNotification) -> String {
        let alert = notification.alert
        var lines = [
            alert.message, "", "alert: \(alert.id)", "rule: \(alert.rule)", "severity: \(alert.severity.rawValue)",
            "state: \(alert.state.rawValue)",
        ]
        if !alert.subject.isEmpty { lines.append("subject: \(alert.subject)") }
        if let value = alert.value { lines.append("value: \(value)") }
        if let threshold = alert.threshold { lines.append("threshold: \(threshold)") }
        lines.append("since: \(AlertDocument.text(alert.startedAt))")
        for change in alert.changes {
            lines.append("\(AlertDocument.text(change.at)) \(change.state.rawValue): \(change.reason)")
        }
        let encoded = Data((lines.joined(separator: "\n") + "\n").utf8).base64EncodedString()
        return Self.chunks(of: encoded, length: 76).joined(separator: "\n") + "\n"
    }

    /// A field's text as it is where it is short, plain ASCII; else as encoded words.
    static func subject(_ text: String) -> String {
        var clean = ""
        for scalar in text.unicodeScalars {
            clean.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        let isPlain = clean.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !clean.contains("=?")
        if isPlain && clean.utf8.count <= 66 { return clean }
        var words: [String] = []
        var word = ""
        for scalar in String(clean.prefix(300)).unicodeScalars {
            // 39 bytes are 52 letters of base64: with the field's name, a line of less than 76.
            if word.utf8.count + UTF8.width(scalar) > 39 {
                words.append(word)
                word = ""
            }
            word.unicodeScalars.append(scalar)
        }
        return (words + [word]).map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\n ")
    }

    /// RFC 5322, in UTC.
    static func date(_ time: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.weekday, .day, .month, .year, .hour, .minute, .second], from: time)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [parts.hour, parts.minute, parts.second].map { value in
            let text = "\(value ?? 0)"
            return text.count < 2 ? "0" + text : text
        }
        let day = days[((parts.weekday ?? 1) - 1) % days.count]
        let month = months[((parts.month ?? 1) - 1) % months.count]
        return "\(day), \(parts.day ?? 1) \(month) \(parts.year ?? 1970) \(clock.joined(separator: ":")) +0000"
    }

    /// Only printable ASCII without space: what an address or an id may hold.
    private static func plain(_ text: String) -> String {
        String(decoding: text.utf8.filter { (0x21...0x7e).contains($0) }, as: UTF8.self)
    }

    private static func chunks(of text: String, length: Int) -> [Substring] {
        var rest = text[...]
        var chunks: [Substring] = []
        while !rest.isEmpty {
            chunks.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return chunks
    }
}
