import Purser
import PurserTestSupport
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Work of the program that runs Purser as a library stands among the operations of the API.
    @Suite(.timeLimit(.minutes(1))) struct CustomOperationTests {
        @Test func itIsShownAndCancelledLikeAnyOther() async throws {
            try await LiveAPI.run { api in
                let id = OperationID()
                let options = OperationOptions(admission: AdmissionOptions(operationID: id))
                let isRunning = Gate()
                let work = Task { [manager = api.manager] in
                    try await manager.withOperation("scan 12", steps: ["read", "convert"], options: options) {
                        operation in
                        operation.begin("read")
                        operation.update(fraction: 0.5, message: "page 1")
                        isRunning.open()
                        try await Gate().waitOrThrow()
                    }
                }
                await isRunning.wait()
                let list = try await api.call("GET", "/v1/operations?kind=custom&state=running")
                #expect(list.status == 200)
                #expect(list.body.contains("\"id\":\"\(id)\""))
                let shown = try await api.call("GET", "/v1/operations/\(id)")
                for field in [
                    "\"kind\":\"custom\"", "\"name\":\"scan 12\"", "\"step\":\"read\"", "\"step_count\":2",
                    "\"fraction\":0.25", "\"message\":\"page 1\"",
                ] {
                    #expect(shown.body.contains(field), "\(field) in \(shown.body)")
                }
                #expect(try await api.call("DELETE", "/v1/operations/\(id)").status == 202)
                let error = await #expect(throws: OperationError.self) { try await work.value }
                #expect(error?.code == .operationCancelled)
                #expect(try api.operation(id).state == .cancelled)
            }
        }
    }
}
