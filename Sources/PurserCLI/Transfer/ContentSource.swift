import NIOCore
import Synchronization
import SystemPackage

/// The bytes of an upload: a file's, or what comes in on standard input.
///
/// Holds one piece of 256 KiB at a time.
///
/// Each iterator reads from the start; standard input can be read once.
struct ContentSource: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// Most bytes of a piece.
    static let pieceBytes = 256 * 1024

    private enum Origin: Sendable {
        case file(FilePath, FileStatus)
        case input(SystemPackage.FileDescriptor)
    }

    private let origin: Origin
    private let onBytes: @Sendable (Int64) -> Void

    /// Takes the bytes of a file, which must stay as it is until they are read.
    ///
    /// - Parameters:
    ///   - path: A regular file.
    ///   - onBytes: Told how many bytes were read; below zero where they are read once more.
    /// - Returns: Its bytes, not yet opened.
    /// - Throws: ``CommandError`` where there is no such file.
    static func file(_ path: FilePath, onBytes: @escaping @Sendable (Int64) -> Void = { _ in }) throws -> ContentSource
    {
        let status: FileStatus
        do {
            status = try FileStatus(of: path)
        } catch {
            throw CommandError("\(path) cannot be read: \(error)")
        }
        switch status.kind {
        case .file: return ContentSource(origin: .file(path, status), onBytes: onBytes)
        case .folder: throw CommandError.usage("\(path) is a folder; store what is in it with 'put -r \(path)'")
        default:
            throw CommandError.usage("\(path) is no regular file; send what comes out of it with 'put - KEY < \(path)'")
        }
    }

    /// Takes what comes in on a descriptor, up to its end.
    static func input(
        _ descriptor: SystemPackage.FileDescriptor = .standardInput,
        onBytes: @escaping @Sendable (Int64) -> Void = { _ in }
    ) -> ContentSource {
        ContentSource(origin: .input(descriptor), onBytes: onBytes)
    }

    /// Bytes in all, where known.
    var size: Int64? {
        if case .file(_, let status) = self.origin { status.size } else { nil }
    }

    /// Whether the bytes can be read again.
    var isRepeatable: Bool {
        if case .file = self.origin { true } else { false }
    }

    func makeAsyncIterator() -> Iterator {
        switch self.origin {
        case .file(let path, let status):
            Iterator(reading: Reading(of: path), file: (path, status), onBytes: self.onBytes)
        case .input(let descriptor): Iterator(reading: Reading(of: descriptor), file: nil, onBytes: self.onBytes)
        }
    }

    /// One reading.
    struct Iterator: AsyncIteratorProtocol {
        private let reading: Reading
        private let file: (path: FilePath, status: FileStatus)?
        private let meter: Meter
        private var isOver = false

        fileprivate init(
            reading: Reading,
            file: (path: FilePath, status: FileStatus)?,
            onBytes: @escaping @Sendable (Int64) -> Void
        ) {
            self.reading = reading
            self.file = file
            self.meter = Meter(onBytes: onBytes)
        }

        /// The next piece; `nil` at the end.
        ///
        /// - Throws: ``CommandError`` where the file cannot be read, or was changed since its size was told.
        mutating func next() async throws -> ByteBuffer? {
            guard !self.isOver else { return nil }
            let piece: ByteBuffer?
            do {
                piece = try await self.reading.next(upTo: ContentSource.pieceBytes)
            } catch let error as Errno {
                throw CommandError("\(self.file.map { "\($0.path)" } ?? "standard input") cannot be read: \(error)")
            }
            let count = self.meter.advance(bytes: Int64(piece?.readableBytes ?? 0))
            try self.checkUnchanged(after: count, isEnd: piece == nil)
            self.isOver = piece == nil
            if piece == nil { self.meter.complete() }
            return piece
        }

        private func checkUnchanged(after count: Int64, isEnd: Bool) throws {
            guard let (path, status) = self.file else { return }
            let changed = CommandError("\(path) was changed while it was read; nothing was stored of it")
            guard isEnd ? count == status.size : count <= status.size else { throw changed }
            // The look before the last piece is given away: a file of the same size may be another by now.
            guard count == status.size, !isEnd else { return }
            guard let now = try self.reading.status(), now.size == status.size, now.modified == status.modified,
                now.identity == status.identity
            else { throw changed }
        }
    }

    /// Counts what was read, and takes it back where it was in vain.
    private final class Meter: Sendable {
        private let count = Atomic<Int64>(0)
        private let isComplete = Atomic(false)
        private let onBytes: @Sendable (Int64) -> Void

        init(onBytes: @escaping @Sendable (Int64) -> Void) {
            self.onBytes = onBytes
        }

        func advance(bytes: Int64) -> Int64 {
            guard bytes > 0 else { return self.count.load(ordering: .relaxed) }
            self.onBytes(bytes)
            return self.count.wrappingAdd(bytes, ordering: .relaxed).newValue
        }

        func complete() {
            self.isComplete.store(true, ordering: .relaxed)
        }

        deinit {
            // The reading was given up: what the display counts of it will come once more, or never.
            let count = self.count.load(ordering: .relaxed)
            if !self.isComplete.load(ordering: .relaxed), count > 0 { self.onBytes(-count) }
        }
    }
}
