import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

/// Clients beside one another: whose files go, and whose keys are whose.
@Suite(.timeLimit(.minutes(2)))
struct JobFairnessTests {
    private static func request(_ keys: [String], of client: String) throws -> JobRequest {
        var request = JobRequest(pipeline: "test", inputs: try keys.map { JobFile(key: try FileKey($0)) })
        request.client = client
        return request
    }

    @Test
    func fewFilesOfAClientGoBesideTheManyOfAnother() async throws {
        try await JobFixture.run { fixture in
            try await fixture.putMany(60, prefix: "many")
            for key in ["few1", "few2"] { try await fixture.put(key, "x") }
            let (begun, go) = (Gate(), Gate())
            let order = Collected<String>()
            let step = PipelineStep.written("wait") { input, _ in
                order.add(input.key.text)
                if order.all.count == 2 { begun.open() }
                try await go.waitOrThrow()
                return StepOutput()
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])]) { $0.workers = 2 }
            try await service.whileRunning {
                // Three jobs: more than run at the same time.
                var jobs: [JobDocument] = []
                for part in 0..<3 {
                    let keys = (0..<20).map { "many" + String(format: "%04d", 20 * part + $0) }
                    jobs.append(try await service.submit(try Self.request(keys, of: "large")))
                }
                await begun.wait()
                for key in ["few1", "few2"] {
                    jobs.append(try await service.submit(try Self.request([key], of: "small")))
                }
                go.open()
                for job in jobs { #expect(try await service.ended(job).state == .succeeded) }
            }
            let places = try ["few1", "few2"].map { try #require(order.all.firstIndex(of: $0)) }
            #expect(order.all.count == 62)
            // Two were under way before the first came, which then has its turn at once. The second is begun when the first has
            // ended and that is written down.
            #expect(places[0] <= 3 && places[1] <= 40, "\(places)")
        }
    }

    @Test
    func filesTakeTheirSlotsInTheNameOfTheirClient() async throws {
        try await JobFixture.run { fixture in
            for key in ["a", "b"] { try await fixture.put(key, key) }
            let (begun, never) = (Gate(), Gate())
            let step = PipelineStep.written("wait") { input, _ in
                guard input.key.text == "b" else { return StepOutput() }
                begun.open()
                try await never.waitOrThrow()
                return StepOutput()
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])]) { $0.workers = 1 }
            let job = try await service.whileRunning {
                let job = try await service.submit(try Self.request(["a", "b"], of: "198.51.100.7"))
                await begun.wait()
                #expect(fixture.resources.runningOperations().map(\.client) == ["198.51.100.7"])
                return job
            }
            let told = fixture.reports.all.filter { $0.kind == "process" }
            #expect(told.map(\.client) == ["198.51.100.7", "198.51.100.7"])
            let next = try await JobFixture.reopened(fixture)
            let again = next.service([Pipeline(name: "test", version: "1", steps: [.copy])])
            try await again.whileRunning { try await again.ended(job) }
            #expect(next.reports.all.filter { $0.kind == "process" }.map(\.client) == ["198.51.100.7"])
        }
    }

    @Test
    func keysAreEachClientsOwn() async throws {
        try await JobFixture.run { fixture in
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [.copy])])
            func submit(_ file: String, of client: String, _ key: String) async throws -> String {
                var request = try Self.request([file], of: client)
                request.idempotencyKey = key
                return try await service.submit(request).id
            }
            let first = try await submit("a", of: "one", "k")
            let second = try await submit("b", of: "two", "k")
            #expect(first != second)
            #expect(try await submit("a", of: "one", "k") == first)
            #expect(try await submit("b", of: "two", "k") == second)
            // Whatever a client is called, it is no other.
            let third = try await submit("c", of: "on", "e:k")
            #expect(try await submit("c", of: "on:e", "k") != third)
            #expect(try service.jobs().count == 4)
        }
    }

    @Test
    func noClientCanKeepATriggerFromItsJob() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let hourly = ProcessingTrigger(
                name: "hourly",
                event: .schedule(.interval(.seconds(3_600)), .gmt),
                pipeline: "test"
            )
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [.copy])]) {
                $0.triggers = [hourly]
            }
            service.beginSchedules()
            let due = Int64(fixture.time.now().timeIntervalSince1970) / 3_600 * 3_600 + 3_600
            for key in ["hourly \(due)", "trigger:hourly \(due)", "trigger:hourly:\(due)"] {
                for client in ["one", "local", "trigger"] {
                    var request = try Self.request(["b"], of: client)
                    request.idempotencyKey = key
                    _ = try await service.submit(request)
                }
            }
            fixture.time.advance(by: .seconds(3_600))
            await service.tick()
            #expect(try service.jobs().compactMap(\.trigger) == ["hourly"])
            // The same time again, as after a crash, is the same job.
            let record = try #require(try fixture.catalog.note("trigger:hourly"))
            #expect(record == "\(due)")
            try await fixture.catalog.keepNote("trigger:hourly", "\(due - 3_600)")
            let next = fixture.service([Pipeline(name: "test", version: "1", steps: [.copy])]) {
                $0.triggers = [hourly]
            }
            next.beginSchedules()
            await next.tick()
            #expect(try next.jobs().compactMap(\.trigger) == ["hourly"])
        }
    }
}
