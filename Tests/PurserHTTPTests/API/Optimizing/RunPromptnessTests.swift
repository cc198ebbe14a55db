import Foundation
import NIOHTTP1
import Purser
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserHTTP

/// How soon a run ends: measured by the clock, so these tests run when no others do (`scripts/test.sh`).
@Suite(.timeLimit(.minutes(1)))
struct RunPromptnessTests {
    @Test func runIsCancelledWithinASecondAndAnotherIsRefusedMeanwhile() async throws {
        try await OptimizerClient.run {
            $0.optimizer.throttle.bytesPerSecond = 65_536
        } _: { client in
            let content = OptimizerSample.log(bytes: 8_000_000, seed: 9)
            try await client.store("slow.log", content)
            let run = try await client.start(#"{"strategies":["compression"]}"#)
            let operation = try OperationID(run.operationId)
            try await client.api.isRunning(operation)
            let second = try await client.send(.POST, "/v1/optimizer/runs")
            #expect(second.status == 409 && second.code == "run_in_progress")
            #expect(second.headers.first(name: "Location") == "/v1/optimizer/runs/\(run.id)")
            let asked = ContinuousClock.now
            let answer = try await client.send(.DELETE, "/v1/operations/\(operation)")
            #expect(answer.status == 202)
            let ended = try await client.end(of: run)
            #expect(ContinuousClock.now - asked < .seconds(1))
            #expect(ended.state == "cancelled" && ended.spaceSavedBytes == 0)
            // The report is written down before the operation ends, which is a part of that second too.
            try await eventually("the operation ends") { try client.api.operation(operation).state.isFinal }
            #expect(ContinuousClock.now - asked < .seconds(1))
            #expect(try client.api.operation(operation).state == .cancelled)
            let read = try await client.send(.GET, OptimizerClient.target(of: "slow.log"))
            #expect(read.body == content)
            try await client.api.isAtRest()
        }
    }
}
