import NIOCore
import Purser
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

/// Progress that comes to a callback or as a sequence.
@Suite(.timeLimit(.minutes(1))) struct ProgressTests {
    /// Keeps what a callback was told, and opens a gate when something holds of it.
    private final class Seen: Sendable {
        private let snapshots = Mutex<[OperationSnapshot]>([])
        let isThere = Gate()
        private let condition: @Sendable (OperationSnapshot) -> Bool

        init(opensWhen condition: @escaping @Sendable (OperationSnapshot) -> Bool = { _ in true }) {
            self.condition = condition
        }

        var all: [OperationSnapshot] { self.snapshots.withLock { $0 } }

        func add(_ snapshot: OperationSnapshot) {
            self.snapshots.withLock { $0.append(snapshot) }
            if self.condition(snapshot) { self.isThere.open() }
        }
    }

    private enum Call: String, CaseIterable { case upload, download, pieces, toFile, toMemory, copy, delete, operation }

    private static func make(
        _ call: Call,
        _ manager: FileStorageManager,
        _ outside: FilePath,
        _ admission: AdmissionOptions
    ) async throws {
        let key = try FileKey("there")
        switch call {
        case .upload:
            let options = UploadOptions(admission: admission)
            try await manager.upload(to: .default, key: FileKey("new"), bytes: sampleBytes(100_000), options: options)
        case .download:
            try await manager.download(from: .default, key: key, admission: admission) { _, _ in }
        case .pieces:
            for try await _ in manager.download(from: .default, key: key, admission: admission) {}
        case .toFile:
            try await manager.download(from: .default, key: key, to: outside.appending("f"), admission: admission)
        case .toMemory:
            _ = try await manager.download(from: .default, key: key, upTo: 1_000_000, admission: admission)
        case .copy:
            let request = CopyRequest(from: (.default, key), to: (.default, try FileKey("copy")))
            try await manager.copy(request, admission: admission)
        case .delete:
            try await manager.delete(from: .default, key: key, admission: admission)
        case .operation:
            try await manager.withOperation("own", options: OperationOptions(admission: admission)) { _ in }
        }
    }

    @Test(arguments: Call.allCases)
    private func theCallbackHearsOfTheEndBeforeTheCallReturns(_ call: Call) async throws {
        try await withManager { manager, outside in
            try await manager.upload(to: .default, key: FileKey("there"), bytes: sampleBytes(200_000))
            let seen = Seen()
            try await Self.make(call, manager, outside, AdmissionOptions(onProgress: { seen.add($0) }))
            let last = try #require(seen.all.last)
            #expect(last.state == .succeeded && last.progress.fraction == 1)
            #expect(seen.all.filter(\.state.isFinal).count == 1)
            #expect(Set(seen.all.map(\.id)) == [last.id])
        }
    }

    @Test func theCallbackHearsWhileItRuns() async throws {
        try await withManager { manager, _ in
            let seen = Seen { $0.progress.fraction == 0.5 && $0.progress.step == "work" }
            let options = OperationOptions(admission: AdmissionOptions(onProgress: { seen.add($0) }))
            try await manager.withOperation("own", steps: ["work"], options: options) { operation in
                operation.begin("work")
                operation.update(fraction: 0.5)
                await seen.isThere.wait()
            }
            let fractions = seen.all.map(\.progress.fraction)
            #expect(fractions == fractions.sorted() && fractions.last == 1)
        }
    }

    @Test func theCallbackHearsOfFailureAndOfRefusal() async throws {
        try await withManager {
            $0.resources.maxConcurrentOperations = 1
        } _: { manager, _ in
            let seen = Seen()
            var admission = AdmissionOptions(onProgress: { seen.add($0) })
            await #expect(throws: StoreError.self) {
                try await manager.delete(from: .default, key: FileKey("absent"), admission: admission)
            }
            #expect(seen.all.last?.error?.code == "file_not_found")
            let holder = Held(manager)
            try await holder.isRunning()
            admission.deadline = .zero
            await expectError(.waitExpired) {
                try await manager.delete(from: .default, key: FileKey("absent"), admission: admission)
            }
            #expect(seen.all.last?.error?.code == "wait_expired")
            holder.mayEnd.open()
            try await holder.task.value
        }
    }

    @Test func progressIsASequence() async throws {
        let clock = StepClock()
        try await withManager(clock: clock) { manager, _ in
            try await manager.withOperation("own") { operation in
                var updates = operation.updates.makeAsyncIterator()
                #expect(await updates.next()?.progress.fraction == 0)
                operation.update(fraction: 0.25)
                clock.advance(by: .milliseconds(100))
                #expect(await updates.next()?.progress.fraction == 0.25)
            }
        }
    }
}
