import NIOCore
import PurserBlobs
package import PurserOperations

extension FileStore {
    /// Bytes of a file that are sent before they are counted: so few that a reader at the least rate allowed, 1 KiB/s,
    /// shows progress within the time of the watchdog, and that the pages brought into the cache are still there.
    package static let sendPart: Int64 = 256 * 1024

    /// Sends part of a content, in order: straight from its file where nothing has to look at the bytes.
    ///
    /// - Parameters:
    ///   - content: An open content.
    ///   - range: Bytes of it, zero-based, half-open, within its ``FileContent/size``.
    ///   - sender: Where they go.
    ///   - operation: Gets the times of the disk and of the digest.
    ///   - progress: Told after each piece how many bytes it had; what it throws ends the sending.
    /// - Throws: As ``read(_:range:deliver:)``; what the sender and `progress` throw.
    @concurrent
    package func send(
        _ content: FileContent,
        range: Range<Int64>,
        through sender: some ContentSender,
        for operation: PurserOperations.Operation? = nil,
        progress: @Sendable (Int) throws -> Void
    ) async throws {
        guard case .raw(let reader) = content.place, !self.verifies(range, of: content) else {
            try await self.read(content, range: range, for: operation) { piece in
                try await sender.send(piece)
                try progress(piece.readableBytes)
            }
            return
        }
        try await self.onDiskThreads {
            var offset = range.lowerBound
            while offset < range.upperBound {
                let part = offset..<min(offset + Self.sendPart, range.upperBound)
                try Self.warm(reader, part, for: operation)
                do {
                    try await sender.send(part, of: reader)
                } catch {
                    // The bytes may have gone, or the disk failed, under the one who sent them.
                    try Self.warm(reader, part, for: operation)
                    throw error
                }
                offset = part.upperBound
                try progress(part.count)
            }
        }
    }

    private static func warm(
        _ reader: BlobReader,
        _ part: Range<Int64>,
        for operation: PurserOperations.Operation?
    ) throws {
        let started = ContinuousClock.now
        defer { operation?.add(.disk, ContinuousClock.now - started) }
        do {
            try reader.warm(part)
        } catch {
            throw StoreError(translating: error)
        }
    }
}
