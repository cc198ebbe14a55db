import Foundation
import Logging
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import Synchronization

extension ResultCache {
    /// The most bytes of the document of a result.
    private static let maxDocumentBytes = 4 << 20

    /// Keeps what a step has made; it is durable afterwards, unless it is too large or the disk fails.
    ///
    /// - Parameters:
    ///   - output: What was made; its files stay where they are.
    ///   - key: Names it.
    ///   - pipeline: The pipeline of the step.
    ///   - content: What the step worked on.
    /// - Returns: The digest of the output; `nil` where its files cannot be read.
    func keep(_ output: StepOutput, as key: ResultKey, of pipeline: String, for content: BlobID) async -> BlobID? {
        guard let number = self.beginWriting(key) else { return await self.digest(of: output) }
        let document: ResultDocument?
        do {
            document = try await self.keepNow(output, as: key, of: pipeline, for: content, number)
        } catch {
            document = nil
            // Too large is as it should be, and whoever cancelled wants nothing kept.
            if !(error is ResultFiles.TooLarge), !(error is CancellationError) {
                self.state.withLock { $0.figures.failures += 1 }
                self.log("result not kept", error, key)
            }
        }
        self.endWriting(key)
        guard let document else { return await self.digest(of: output) }
        await self.evict()
        return document.digest
    }

    /// The digest of an output that is not kept; `nil` where its files cannot be read.
    func digest(of output: StepOutput) async -> BlobID? {
        do {
            return try await self.disk.threads.run {
                let contents = try output.files.map { try self.files.digest(of: $0.path) }
                return ResultDocument(output, contents.map { ($0.digest, $0.size) }).digest
            }
        } catch {
            self.log("result not read", error)
            return nil
        }
    }

    private func keepNow(
        _ output: StepOutput,
        as key: ResultKey,
        of pipeline: String,
        for content: BlobID,
        _ number: UInt64
    ) async throws -> ResultDocument {
        let copied = try await self.disk.threads.run {
            try self.files.write(
                output,
                as: key,
                number: number,
                maxBytes: self.configuration.maxResultBytes,
                wantsBytes: self.configuration.maxMemoryResultBytes
            )
        }
        let document = ResultDocument(output, copied.map { ($0.digest, $0.size) })
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let text = String(decoding: try encoder.encode(document), as: UTF8.self)
            guard text.utf8.count <= Self.maxDocumentBytes else { throw ResultFiles.TooLarge() }
            let now = self.now()
            let record = ResultRecord(
                key: key,
                pipeline: pipeline,
                content: content,
                bytes: document.fileBytes + Int64(text.utf8.count),
                document: text,
                createdAt: now,
                usedAt: now
            )
            _ = try await self.catalog.keepResult(record)
        } catch {
            // What cannot be removed goes with a later sweep.
            try? await self.disk.threads.run { try self.files.remove(key) }
            throw error
        }
        self.remember(document, copied.map(\.bytes), under: key)
        return document
    }

    /// - Returns: A number of its own; `nil` where the result is being written or removed already.
    private func beginWriting(_ key: ResultKey) -> UInt64? {
        self.state.withLock { state in
            guard !state.removing.contains(key), state.writing.insert(key).inserted else { return nil }
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    private func endWriting(_ key: ResultKey) {
        self.state.withLock { _ = $0.writing.remove(key) }
    }
}
