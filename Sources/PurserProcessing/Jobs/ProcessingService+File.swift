import Foundation
import NIOCore
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import Synchronization

/// One file of a job, under way in a slot.
struct FileWork: Sendable {
    let item: JobItemRecord
    let job: RunningJob
    let slot: Slot
    /// The file as it was when it was opened.
    let file: FileRecord
    /// What it has for itself on the disk.
    let folder: String
    /// The reservation that it has, and that its programs can make larger.
    let memory: FileMemory

    /// Where its content lies.
    var source: String { "\(self.folder)/source" }
    /// Where the pipeline works.
    var workFolder: String { "\(self.folder)/work" }
}

extension ProcessingService {
    /// How often a file that is under way shows that it is alive: its own limits end it, not the watchdog.
    static let heartbeat = Duration.seconds(10)

    /// Takes one file through the pipeline, and keeps what comes of it.
    func carryOut(
        _ item: JobItemRecord,
        of job: RunningJob,
        in slot: Slot,
        with memory: FileMemory
    ) async throws -> ItemResult {
        let content = try self.store.open(bucket: item.bucket, key: item.key, for: slot.operation)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await self.timeline.sleep(self.timeline.elapsed() + Self.heartbeat)
                    slot.operation.update()
                }
            }
            defer { group.cancelAll() }
            return try await self.carryOut(content, of: item, of: job, in: slot, with: memory)
        }
    }

    private func carryOut(
        _ content: FileContent,
        of item: JobItemRecord,
        of job: RunningJob,
        in slot: Slot,
        with memory: FileMemory
    ) async throws -> ItemResult {
        try await self.scratch.withTemporaryDirectory(for: job.operation, scope: "process") { folder in
            let work = FileWork(
                item: item,
                job: job,
                slot: slot,
                file: content.file,
                folder: folder,
                memory: memory
            )
            let outcome = try await self.run(work, on: content)
            try Task.checkCancellation()
            for step in outcome.steps {
                slot.operation.add(cpu: step.cpuTime)
                slot.operation.add(childMaxResidentBytes: Int64(step.peakMemory))
            }
            var result = ItemResult(outcome)
            switch outcome.state {
            case .succeeded: result.outputs = try await self.keep(outcome.outputs, of: work)
            case .quarantined: try await self.quarantine(work, outcome.error)
            case .failed, .skipped, .timedOut: break
            }
            return result
        }
    }

    private func run(_ work: FileWork, on content: FileContent) async throws -> FileOutcome {
        let (item, job, slot) = (work.item, work.job, work.slot)
        try await self.store.onDiskThreads { try LocalFolder.make(work.workFolder) }
        let input = StepInput(
            bucket: item.bucket,
            key: item.key,
            content: work.file.blob,
            size: work.file.size,
            contentType: work.file.contentType,
            path: work.source,
            parameters: job.parameters
        )
        let journal = try self.journal(of: work)
        let trouble = Mutex<(any Error)?>(nil)
        let account = MemoryAccount(reserved: work.memory.bytes) { bytes in
            // That there is no more now is all that counts.
            (try? slot.growMemory(by: bytes)) != nil
        }
        let fetch: JobPipelines.Fetch = {
            do {
                try await self.writeSource(content, of: work)
            } catch {
                // A file that ends while it is being read, for its time or another step, is no trouble of the store.
                if !Self.isStop(error) { trouble.withLock { $0 = error } }
                throw error
            }
        }
        let outcome = try await MemoryAccount.$current.withValue(account) {
            try await self.pipelines.run(job.pipeline, input, work.workFolder, journal, fetch) { progress in
                job.tell(item.number, progress)
                slot.operation.update(fraction: progress.fraction)
            }
        }
        // What is wrong with the store is not the pipeline's to judge.
        if let error = trouble.withLock({ $0 }) { throw error }
        return outcome
    }

    /// What is known of the file from before a crash, and where more of it is noted.
    private func journal(of work: FileWork) throws -> StepJournal {
        let (item, job, catalog) = (work.item, work.job, self.catalog)
        var finished: [String: StepOutput] = [:]
        // A file that is begun for the first time has none.
        if item.starts > 1 || work.memory.isWhole {
            for (step, text) in try catalog.stepNotes(ofItem: item.number, job: job.number) {
                finished[step] = try JSONDecoder().decode(StepOutput.self, from: Data(text.utf8))
            }
        }
        return StepJournal(item: "\(job.id)/\(item.number)", finished: finished) { step, output in
            let text = String(decoding: try JSONEncoder().encode(output), as: UTF8.self)
            try await catalog.noteStep(step, text, ofItem: item.number, job: job.number)
        }
    }

    /// Writes the content where tools can read it, and makes sure that it is the right one: when the first step wants it.
    ///
    /// A copy: through a link, a tool could change what others read.
    private func writeSource(_ content: FileContent, of work: FileWork) async throws {
        let (size, slot) = (content.file.size, work.slot)
        try slot.reserveDisk(bytes: size)
        let digest = try await self.store.onDiskThreads {
            let copy = try SourceCopy(work.source)
            defer { copy.close() }
            try await self.store.read(content, range: 0..<size, for: slot.operation) { piece in
                try Task.checkCancellation()
                try copy.write(piece)
                slot.operation.advance(bytes: piece.readableBytes)
            }
            return try copy.finish()
        }
        slot.wroteDisk(bytes: size)
        guard digest == content.file.blob else {
            await self.store.noteDamage(bucket: work.item.bucket, key: work.item.key)
            throw StoreError(.contentDamaged, "the stored bytes of this file are damaged; upload it again")
        }
    }
}
