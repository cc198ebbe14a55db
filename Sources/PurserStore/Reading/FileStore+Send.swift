import NIOCore
import PurserBlobs

extension FileStore {
    /// Sends part of a content, in order: straight from its file where nothing has to look at the bytes.
    ///
    /// - Parameters:
    ///   - content: An open content.
    ///   - range: Bytes of the content, zero-based, half-open.
    ///   - sender: Where they go.
    ///   - progress: Told after each piece how many bytes it had; what it throws ends the sending.
    /// - Throws: As ``read(_:range:deliver:)``; what the sender and `progress` throw.
    @concurrent
    package func send(
        _ content: FileContent,
        range: Range<Int64>,
        through sender: some ContentSender,
        progress: @Sendable (Int) throws -> Void
    ) async throws {
        guard case .raw(let reader) = content.place, !self.verifies(range, of: content.file) else {
            try await self.read(content, range: range) { piece in
                try await sender.send(piece)
                try progress(piece.readableBytes)
            }
            return
        }
        try await self.onDiskThreads {
            var window = SendWindow()
            var offset = range.lowerBound
            while offset < range.upperBound {
                let part = offset..<min(offset + window.bytes, range.upperBound)
                do {
                    try reader.warm(part)
                } catch {
                    throw StoreError(translating: error)
                }
                let start = ContinuousClock.now
                try await sender.send(part, of: reader)
                window.adapt(to: start.duration(to: .now))
                offset = part.upperBound
                try progress(part.count)
            }
        }
    }
}

/// How much of a file is sent before it is counted: much where it goes fast, as every piece costs a few turns; little
/// where it goes slowly, so that progress is seen.
struct SendWindow {
    static let sizes: ClosedRange<Int64> = 64 * 1024...4 * 1024 * 1024

    private(set) var bytes: Int64 = 256 * 1024

    mutating func adapt(to elapsed: Duration) {
        if elapsed < .milliseconds(20) {
            self.bytes = min(self.bytes * 2, Self.sizes.upperBound)
        } else if elapsed > .milliseconds(500) {
            self.bytes = max(self.bytes / 4, Self.sizes.lowerBound)
        }
    }
}
