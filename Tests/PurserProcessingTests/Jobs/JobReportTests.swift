import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Testing

@testable import PurserProcessing

/// Pages of reports, which have a size however much there is to tell.
@Suite(.timeLimit(.minutes(2)))
struct JobReportTests {
    @Test
    func pagesAreBoundedByWhatIsTold() async throws {
        try await JobFixture.run { fixture in
            try await fixture.putMany(12, prefix: "f")
            // A third of a page each; the fifth is larger than a page.
            let step = PipelineStep.written("tell") { input, _ in
                let count = ProcessingService.reportBytes / (input.key.text == "f0005" ? 1 : 3)
                return StepOutput(values: ["text": .string(String(repeating: "t", count: count))])
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])])
            let job = try await service.whileRunning {
                try await service.ended(
                    try await service.submit(JobRequest(pipeline: "test", prefix: JobPrefix(prefix: "f")))
                )
            }
            var (pages, cursor): ([JobReport], Int64?) = ([], nil)
            repeat {
                pages.append(try service.report(job.id, after: cursor, limit: 1_000))
                cursor = pages.last?.next
            } while cursor != nil && pages.count < 20
            #expect(pages.map(\.items.count) == [2, 2, 1, 1, 2, 2, 2])
            #expect(pages.flatMap(\.items).map(\.number) == Array(0..<12))
            #expect(pages.flatMap(\.items).allSatisfy { $0.steps.count == 1 && $0.state == .succeeded })
            // Where the files are the bound, the last page says so.
            #expect(try service.report(job.id, after: 9, limit: 2).next == nil)
            #expect(try service.report(job.id, after: 9, limit: 1).next == 10)
        }
    }
}
