import Foundation
import NIOCore
import PurserBlobs
import PurserCatalog

/// What encoding a content in memory has led to.
enum InlineEncoding {
    /// A form that the catalog may keep.
    case form(BlobForm)
    /// The content stays as it is.
    case unchanged(ReencodeOutcome)
}

extension FileStore {
    /// Encodes a content anew that lies in the catalog.
    @concurrent
    func reencodeInline(_ task: Reencoding) async throws -> ReencodeOutcome {
        let record = task.content.record
        try await task.throttle(Int(record.size))
        switch try await self.encodeInline(task) {
        case .unchanged(let outcome): return outcome
        case .form(let form):
            guard !task.request.isDryRun else { return task.done(storedSize: form.storedSize) }
            // Not in the background: uploads of the content wait meanwhile.
            let isKept = try await self.onDiskThreads {
                try await self.pins.withExclusiveWhenFree(on: record.id) {
                    try await self.write { try await self.catalog.keep(record.id, as: form, insteadOf: record.form) }
                }
            }
            return isKept ? task.done(storedSize: form.storedSize) : task.content.outcome(.changed)
        }
    }

    /// Encodes a content that lies in the catalog, and changes nothing.
    func encodeInline(_ task: Reencoding) async throws -> InlineEncoding {
        let record = task.content.record
        let bytes: ByteBuffer
        do {
            bytes = try self.inlineContent(of: record.id, size: record.size, coding: task.content.encoding.coding).bytes
        } catch {
            guard StoreError(translating: error).code == .contentDamaged else { throw error }
            return .unchanged(try await self.endAsDamaged(task, error))
        }
        guard let form = try Self.inlineForm(of: bytes, task) else {
            return .unchanged(task.content.outcome(.incompressible))
        }
        return .form(form)
    }

    /// The new form, decoded again and compared; `nil` where it saves too little.
    private static func inlineForm(of bytes: ByteBuffer, _ task: Reencoding) throws -> BlobForm? {
        guard let coding = task.request.coding else {
            return BlobForm(encoding: task.target.rawValue, bytes: Data(bytes.readableBytesView))
        }
        let encoded = try InlineCoding.encode(bytes, as: coding, level: task.request.level)
        guard Int64(encoded.readableBytes) <= task.maxStoredSize else { return nil }
        let decoded = try encoded.withUnsafeReadableBytes {
            try InlineCoding.decode($0, as: coding, size: task.content.record.size)
        }
        guard decoded == bytes else {
            throw StoreError(.internal, "a content that was compressed as \(coding.rawValue) came back changed")
        }
        return BlobForm(encoding: task.target.rawValue, bytes: Data(encoded.readableBytesView))
    }
}
