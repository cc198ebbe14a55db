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
            try await fixture.putMany(100, prefix: "f")
            let text = String(repeating: "t", count: 12 << 10)
            let steps = ["one", "two", "three", "four"].map { name in
                PipelineStep.written(name) { _, _ in StepOutput(values: ["text": .string(text)]) }
            }
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: steps)])
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
            // Some 48 KiB of each, and a few hundred bytes more.
            #expect(pages.count == 3)
            #expect(pages.dropLast().allSatisfy { (40...42).contains($0.items.count) })
            let items = pages.flatMap(\.items)
            #expect(items.map(\.number) == Array(0..<100))
            let told = items.flatMap(\.steps).map { $0.values["text"] }
            #expect(told == Array(repeating: .string(text), count: 400))
            // Where the files are the bound, the last page says so.
            #expect(try service.report(job.id, after: 97, limit: 2).next == nil)
            #expect(try service.report(job.id, after: 97, limit: 1).next == 98)
        }
    }
}
