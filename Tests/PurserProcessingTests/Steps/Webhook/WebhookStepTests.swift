import Foundation
import PurserIdentifiers
import PurserProcessing
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(1)))
struct WebhookStepTests {
    @Test func theAddressIsToldOfTheFile() async throws {
        try await withBench { bench in
            try await Receiver.serve(bench) { receiver in
                let step = try Self.step(receiver, "200", ["headers": .object(["Authorization": "Bearer x"])])
                let earlier = ["first": StepOutput(values: ["pages": .integer(3)])]
                let input = try bench.input(key: "ä/b", earlier: earlier)
                var context = try bench.context()
                context.identity = "job/1/tell"
                let output = try await step.run(input, context)
                #expect(output.values == ["status": .integer(200)])
                _ = try await step.run(input, context)
                context.identity = "job/2/tell"
                _ = try await step.run(input, context)
                let posts = try receiver.posts
                #expect(posts.count == 3)
                let body = try JSONDecoder().decode(StepValue.self, from: Data(posts[0].body.utf8))
                let expected: StepValue = .object([
                    "bucket": "default", "key": "ä/b", "size": .integer(7), "content_type": "text/plain",
                    "sha256": .string(input.content.hex),
                    "values": .object(["first": .object(["pages": .integer(3)])]),
                ])
                #expect(body == expected)
                #expect(posts[0].headers["authorization"] == "Bearer x")
                #expect(posts[0].headers["content-type"] == "application/json")
                let keys = posts.map { $0.headers["idempotency-key"] }
                #expect(keys[0]?.count == 66 && keys[0] == keys[1] && keys[0] != keys[2])
                #expect(step.cacheIdentity == nil)
            }
        }
    }

    @Test(arguments: [
        ("302", "webhook_refused", false), ("404", "webhook_refused", false), ("429", "webhook_failed", true),
        ("500", "webhook_failed", true), ("close", "webhook_failed", true), ("hang", "timed_out", true),
        ("drip", "timed_out", true),
    ])
    func badAnswersAreFailures(_ path: String, _ code: String, _ isTransient: Bool) async throws {
        try await withBench { bench in
            try await Receiver.serve(bench) { receiver in
                let step = try Self.step(receiver, path)
                let input = try bench.input()
                let context = try bench.context(
                    StepLimits(time: code == "timed_out" ? .milliseconds(300) : .seconds(30))
                )
                let failure = try await failure { try await step.run(input, context) }
                #expect(failure?.code == code)
                #expect(failure?.isTransient == isTransient)
                // Of a redirect, the second address was not asked.
                let paths = try receiver.posts.map(\.path)
                #expect(paths == ["/\(path)"])
            }
        }
    }

    @Test(arguments: [
        "127.0.0.1", "localhost", "127.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "169.254.169.254",
    ])
    func addressesInsideAreRefused(_ host: String) async throws {
        try await withBench { bench in
            try await Receiver.serve(bench) { receiver in
                let step = try StepKind.webhook.step(["url": .string("http://\(host):\(receiver.port)/200")])
                let input = try bench.input()
                let context = try bench.context()
                let failure = try await failure { try await step.run(input, context) }
                #expect(failure?.code == "address_refused")
                let posts = try receiver.posts
                #expect(posts.isEmpty)
            }
        }
    }

    @Test func nobodyThereIsAPassingFailure() async throws {
        try await withBench { bench in
            let step = try StepKind.webhook.step(["url": "http://127.0.0.1:1/", "allow_private": .bool(true)])
            let input = try bench.input()
            let context = try bench.context()
            let failure = try await failure { try await step.run(input, context) }
            #expect(failure?.code == "webhook_failed")
            #expect(failure?.isTransient == true)
        }
    }

    @Test(
        arguments: [
            ["url": "ftp://host/"], ["url": "x"], ["url": "http://user:secret@host/"], ["url": "http://"],
            ["url": "http://host/", "headers": .object(["A b": "c"])],
            ["url": "http://host/", "headers": .object(["A": "c\r\nB: d"])], [:],
        ] as [[String: StepValue]]
    )
    func badSettingsAreTold(_ values: [String: StepValue]) {
        #expect(throws: StepSettingProblem.self) { try StepKind.webhook.step(values) }
    }

    private static func step(
        _ receiver: Receiver,
        _ path: String,
        _ more: [String: StepValue] = [:]
    ) throws -> any ProcessingStep {
        let url = "http://127.0.0.1:\(receiver.port)/\(path)"
        return try StepKind.webhook.step(["url": .string(url), "allow_private": .bool(true)].merging(more) { $1 })
    }
}
