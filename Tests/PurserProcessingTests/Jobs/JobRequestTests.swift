import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

/// What a job may be asked for, and how it is listed and told.
@Suite(.timeLimit(.minutes(2)))
struct JobRequestTests {
    private static let nothing = Pipeline(
        name: "test",
        version: "1",
        parameters: [PipelineParameter("size", .integer, default: .integer(1), minimum: 1)],
        steps: [.written("nothing") { _, _ in StepOutput() }]
    )

    @Test
    func sameRequestUnderItsKeyIsTheSameJob() async throws {
        try await JobFixture.run { fixture in
            let service = fixture.service([Self.nothing])
            var request = try JobRequest.files("a", "b")
            request.idempotencyKey = "k"
            let first = try await service.submit(request)
            fixture.time.advance(by: .seconds(5))
            #expect(try await service.submit(request) == first)
            #expect(try service.jobs().count == 1)
            for change in ["inputs", "parameters", "priority"] {
                var other = request
                switch change {
                case "inputs": other.inputs.removeLast()
                case "parameters": other.parameters["size"] = .integer(2)
                default: other.priority = .background
                }
                let final = other
                #expect(
                    await processingCode { _ = try await service.submit(final) } == .idempotencyConflict,
                    "\(change)"
                )
            }
            request.idempotencyKey = "other"
            #expect(try await service.submit(request).id != first.id)
        }
    }

    @Test
    func whatCannotBeIsRefused() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let service = fixture.service([Self.nothing]) { $0.maxInputs = 2 }
            func code(_ change: (inout JobRequest) throws -> Void) async throws -> ProcessingError.Code? {
                var request = try JobRequest.files("a")
                try change(&request)
                let final = request
                return await processingCode { _ = try await service.submit(final) }
            }
            #expect(try await code { $0.pipeline = "none" } == .pipelineNotFound)
            #expect(try await code { $0.inputs = [] } == .invalidJob)
            #expect(try await code { $0.prefix = JobPrefix(prefix: "") } == .invalidJob)
            #expect(try await code { $0.parameters["size"] = .integer(0) } == .invalidJob)
            #expect(try await code { $0.parameters["other"] = .integer(1) } == .invalidJob)
            #expect(try await code { $0.timeout = .milliseconds(10) } == .invalidJob)
            #expect(try await code { $0.idempotencyKey = "" } == .invalidJob)
            #expect(try await code { $0.callbackURL = "http://example.org/" } == .invalidJob)
            #expect(
                try await code { $0.inputs = try (0..<3).map { JobFile(key: try FileKey("\($0)")) } } == .tooManyInputs
            )
            #expect(try await code { _ in } == nil)
            let empty = JobRequest(pipeline: "test", prefix: JobPrefix(prefix: "none/"))
            #expect(await processingCode { _ = try await service.submit(empty) } == .invalidJob)
            #expect(try service.jobs().count == 1)
        }
    }

    @Test
    func idIsTakenOnce() async throws {
        try await JobFixture.run { fixture in
            let service = fixture.service([Self.nothing])
            var request = try JobRequest.files("a")
            request.id = OperationID()
            let final = request
            _ = try await service.submit(final)
            await #expect(throws: OperationError.self) { _ = try await service.submit(final) }
        }
    }

    @Test
    func sameFileTwiceIsProcessedOnce() async throws {
        try await JobFixture.run { fixture in
            let service = fixture.service([Self.nothing])
            let job = try await service.submit(try .files("a", "b", "a"))
            #expect(job.files.total == 2)
        }
    }

    @Test
    func listGoesBackwardsPageByPage() async throws {
        try await JobFixture.run { fixture in
            let service = fixture.service([Self.nothing])
            var ids: [String] = []
            for _ in 0..<5 { ids.insert(try await service.submit(try .files("a")).id, at: 0) }
            #expect(try service.jobs(limit: 2).map(\.id) == Array(ids[0..<2]))
            #expect(try service.jobs(before: ids[1], limit: 9).map(\.id) == Array(ids[2...]))
            try await service.cancel(ids[2])
            #expect(try service.jobs(state: .cancelled).map(\.id) == [ids[2]])
            #expect(try service.jobs(state: .queued, before: ids[1], limit: 1).map(\.id) == [ids[3]])
        }
    }

    @Test
    func jobTellsHowFarItIs() async throws {
        try await JobFixture.run { fixture in
            for key in ["a", "b", "c", "d"] { try await fixture.put(key, key) }
            let (half, go) = (Gate(), Gate())
            let step = PipelineStep.written("work") { input, context in
                guard input.key.text == "c" else { return StepOutput() }
                context.progress(0.5, "half of it")
                half.open()
                try await go.waitOrThrow()
                return StepOutput()
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])]) { $0.workers = 1 }
            try await service.whileRunning {
                let job = try await service.submit(try .files("a", "b", "c", "d"))
                await half.wait()
                #expect(try service.job(job.id).progress?.fraction == 2.5 / 4)
                #expect(try service.job(job.id).progress?.message == "2 of 4 files")
                go.open()
                #expect(try await service.ended(job).progress?.fraction == 1)
            }
        }
    }

    @Test
    func jobOverOneFileTellsItsSteps() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let (half, go) = (Gate(), Gate())
            var first = PipelineStep.written("first") { _, _ in StepOutput() }
            first.weight = 3
            let second = PipelineStep.written("second", needs: ["first"]) { _, context in
                context.progress(0.5, "page 1")
                half.open()
                try await go.waitOrThrow()
                return StepOutput()
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [first, second])])
            try await service.whileRunning {
                let job = try await service.submit(try .files("a"))
                await half.wait()
                let progress = try #require(try service.job(job.id).progress)
                #expect(progress.step == "second")
                #expect(progress.stepIndex == 1)
                #expect(progress.stepFraction == 0.5)
                #expect(progress.fraction == 0.875)
                #expect(progress.message == "page 1")
                go.open()
                try await service.ended(job)
                #expect(try service.history(job.id).compactMap(\.step).contains("second"))
            }
        }
    }

    @Test
    func progressCanBeLeftOut() async throws {
        try await JobFixture.run { fixture in
            try await fixture.put("a", "x")
            let service = fixture.service([Self.nothing])
            try await service.whileRunning {
                var request = try JobRequest.files("a")
                request.tellsProgress = false
                let job = try await service.ended(try await service.submit(request))
                #expect(job.progress == nil)
                #expect(job.state == .succeeded)
                #expect(try service.history(job.id).compactMap(\.step).isEmpty)
            }
        }
    }
}
