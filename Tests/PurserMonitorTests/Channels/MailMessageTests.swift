import Foundation
import Testing

@testable import PurserMonitor

@Suite
struct MailMessageTests {
    private func message(_ notification: AlertNotification) -> (head: [String], body: String) {
        let message = MailMessage(
            notification,
            from: "purser@example.org",
            to: ["a@example.org", "b@example.org"],
            product: "purser/1.2.3",
            at: Date(timeIntervalSince1970: 1_700_000_000)
        )
        let parts = message.text.split(separator: "\n\n", maxSplits: 1).map(String.init)
        return (parts[0].components(separatedBy: "\n"), parts[1])
    }

    @Test
    func headIsThatOfAMail() {
        let (head, _) = self.message(.sample())
        #expect(
            head == [
                "From: Purser <purser@example.org>", "To: a@example.org,", " b@example.org",
                "Subject: [purser] critical firing: disk_critical", "Date: Tue, 14 Nov 2023 22:13:20 +0000",
                "Message-ID: <018bcfe5-7b88-7f87-840d-4b8dc49dd556-firing-1700000001000@example.org>",
                "References: <018bcfe5-7b88-7f87-840d-4b8dc49dd556@example.org>", "Auto-Submitted: auto-generated",
                "X-Mailer: purser/1.2.3", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: base64",
            ]
        )
    }

    @Test
    func bodyTellsAll() throws {
        let (_, body) = self.message(.sample(subject: "upload", message: "größer"))
        #expect(body.split(separator: "\n").allSatisfy { $0.count <= 76 })
        let data = try #require(Data(base64Encoded: body, options: .ignoreUnknownCharacters))
        let text = String(decoding: data, as: UTF8.self)
        for part in ["größer\n", "rule: disk_critical\n", "subject: upload\n", "value: 9.5\n", "threshold: 10.0\n"] {
            #expect(text.contains(part))
        }
    }

    /// The number of lines, and what they begin with, stay the same whatever an alert says.
    @Test(arguments: [
        "x\nBcc: victim@example.org", "x\r\n\r\nbody", "x\u{0}y", "x\u{2028}Bcc: a", "x\u{85}Bcc: a", "\r",
    ])
    func nothingOfAnAlertBecomesAField(_ text: String) {
        var notification = AlertNotification.sample(subject: text, message: text)
        notification.alert.rule = text
        notification.alert.id = text
        let (head, body) = self.message(notification)
        let names = head.filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } }
        #expect(
            names == [
                "From", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted", "X-Mailer",
                "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
            ]
        )
        #expect(!head.joined(separator: "\n").contains("\r"))
        #expect(body.utf8.allSatisfy { $0 == 0x0a || (0x21...0x7e).contains($0) })
    }

    @Test(arguments: ["ö", "🙂", "=?UTF-8?B?eA==?="])
    func longSubjectIsFolded(_ letters: String) {
        let subject = MailMessage.subject(String(repeating: letters, count: 100))
        let lines = "Subject: \(subject)".split(separator: "\n")
        #expect(lines.count > 1)
        #expect(lines.allSatisfy { $0.utf8.count <= 76 })
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(" =?UTF-8?B?") && $0.hasSuffix("?=") })
    }
}
