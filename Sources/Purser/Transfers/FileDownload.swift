public import NIOCore
import PurserIdentifiers
import PurserOperations
import Synchronization

/// The content of a file, piece by piece, in order: each piece is read when it is asked for.
///
/// Each iterator is a download, an operation of its own: it begins with the first piece asked for, and ends with the
/// last one, or when the iterator is let go of. While the caller thinks about a piece the operation holds its slot, and
/// is timed out when that lasts for `resources.operation_timeout`.
public struct FileDownload: AsyncSequence, Sendable {
    /// 1 byte to 256 KiB.
    public typealias Element = ByteBuffer
    /// As for `FileStorageManager.download(from:key:range:admission:deliver:)`.
    public typealias Failure = any Error

    let start: @Sendable (PieceHandoff) async throws -> Void

    /// Begins a download of its own.
    public func makeAsyncIterator() -> Iterator {
        Iterator(transfer: Transfer(self.start))
    }

    /// One download.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let transfer: Transfer

        /// The next piece; `nil` at the end.
        ///
        /// Cancelling the task cancels the operation, and this returns when it has ended.
        ///
        /// - Throws: `OperationError`; `StoreError` `.fileNotFound`, `.bucketNotFound`, `.contentDamaged`.
        public func next() async throws -> ByteBuffer? {
            try await self.transfer.next()
        }
    }

    /// The task that reads.
    fileprivate final class Transfer: Sendable {
        private let handoff = PieceHandoff()
        private let start: @Sendable (PieceHandoff) async throws -> Void
        private let task = Mutex<Task<Void, Never>?>(nil)

        init(_ start: @escaping @Sendable (PieceHandoff) async throws -> Void) {
            self.start = start
        }

        deinit {
            self.task.withLock { $0 }?.cancel()
        }

        func next() async throws -> ByteBuffer? {
            let task = self.begin()
            return try await withTaskCancellationHandler {
                try await self.handoff.next()
            } onCancel: {
                task.cancel()
            }
        }

        private func begin() -> Task<Void, Never> {
            self.task.withLock { task in
                if let task { return task }
                // It ends by itself with the last piece, and is cancelled where nobody asks for that any more.
                let begun = Task { [start, handoff] in
                    do {
                        try await start(handoff)
                        handoff.finish(.success(()))
                    } catch {
                        handoff.finish(.failure(error))
                    }
                }
                task = begun
                return begun
            }
        }
    }
}
