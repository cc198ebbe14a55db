import Foundation
import NIOCore
import PurserBlobs
import PurserIdentifiers
import Synchronization
public import SystemPackage

extension RepairSource {
    /// Any folder, with all folders in it: a file that is as long as a content may be it, and so may one in which a store
    /// keeps it compressed, which is known by its name.
    ///
    /// The folder is gone through once, when it is first asked; links are not followed.
    public static func folder(_ path: FilePath) -> RepairSource {
        let index = FolderIndex(path)
        return RepairSource(RepairPlace(kind: .folder, path: path.string)) { content in
            var candidates: [Candidate] = []
            for path in try index.files(ofSize: content.size) { candidates.append { Self.open(path) } }
            for (name, coding) in EncodedBlob.fileNames(of: content.blob) {
                for path in try index.encodedFiles(named: name) {
                    candidates.append { Self.open(path, content, coding) }
                }
            }
            return candidates
        }
    }

    /// The folder of another store, or of a backup of one: contents that it keeps in files, compressed or not.
    ///
    /// Small ones lie in its catalog, which is not opened: serve that store, and ask it.
    public static func store(_ root: FilePath) -> RepairSource {
        RepairSource(RepairPlace(kind: .store, path: root.string)) { content in
            let layout = StoreLayout(root: root)
            var candidates: [Candidate] = []
            for encoding in BlobEncoding.inFiles {
                let path = layout.file(of: content.blob, encoding: encoding)
                candidates.append { encoding.coding.map { Self.open(path, content, $0) } ?? Self.open(path) }
            }
            return candidates
        }
    }

    /// The source at a place that was kept; `nil` where it is gone with the process that knew it.
    init?(at place: RepairPlace) {
        switch place.kind {
        case .folder: self = .folder(FilePath(place.path))
        case .store: self = .store(FilePath(place.path))
        case .elsewhere: return nil
        }
    }

    /// A file's bytes in pieces; `nil` where it cannot be opened.
    private static func open(_ path: FilePath) -> RepairBytes? {
        // Whatever the reason: it is of no help then.
        guard let handle = try? FileHandle(forReadingFrom: URL(filePath: path.string)) else { return nil }
        let file = OpenedFile(handle)
        return RepairBytes {
            guard let data = try file.next(), !data.isEmpty else { return nil }
            return ByteBuffer(bytes: data)
        }
    }

    /// The content of a file that keeps it compressed, in pieces; `nil` where it is no such file.
    private static func open(_ path: FilePath, _ content: DamagedContent, _ coding: ContentCoding) -> RepairBytes? {
        // Whatever the reason: it is of no help then.
        guard let blob = try? EncodedBlob.open(path, as: content.blob, size: content.size, coding: coding),
            let decoded = try? DecodedFile(blob)
        else { return nil }
        return RepairBytes { try decoded.next() }
    }
}

/// A compressed content that is read from its begin to its end.
private final class DecodedFile: Sendable {
    private struct State {
        let cursor: FrameCursor
        var offset: Int64 = 0
    }

    private let size: Int64
    private let state: Mutex<State>

    init(_ blob: EncodedBlob) throws {
        self.size = blob.size
        self.state = Mutex(State(cursor: try blob.makeCursor()))
    }

    func next() throws -> ByteBuffer? {
        try self.state.withLock { state in
            guard state.offset < self.size else { return nil }
            let piece = try state.cursor.read(at: state.offset, upTo: 256 * 1024)
            state.offset += Int64(piece.readableBytes)
            return piece
        }
    }
}

/// A file that is read from its begin to its end.
private final class OpenedFile: Sendable {
    private let handle: Mutex<FileHandle>

    init(_ handle: sending FileHandle) {
        self.handle = Mutex(handle)
    }

    func next() throws -> Data? {
        try self.handle.withLock { try $0.read(upToCount: 256 * 1024) }
    }
}

/// The files of a folder by their size, and those that may keep a content compressed by their name.
private final class FolderIndex: Sendable {
    /// Files that are kept at most: a bound on memory, not on usefulness.
    private static let limit = 1_000_000

    private let root: FilePath
    private let files = Mutex<Files?>(nil)

    private struct Files {
        var sizes: [Int64: [FilePath]] = [:]
        var encoded: [String: [FilePath]] = [:]
    }

    init(_ root: FilePath) {
        self.root = root
    }

    func files(ofSize size: Int64) throws -> [FilePath] {
        try self.known { $0.sizes[size] ?? [] }
    }

    func encodedFiles(named name: String) throws -> [FilePath] {
        try self.known { $0.encoded[name] ?? [] }
    }

    private func known(_ look: (Files) -> [FilePath]) throws -> [FilePath] {
        try self.files.withLock { files in
            let known = try files ?? self.read()
            files = known
            return look(known)
        }
    }

    private func read() throws -> Files {
        var files = Files()
        let keys: [URLResourceKey] = [.isRegularFileKey, .fileSizeKey]
        let root = URL(filePath: self.root.string)
        _ = try root.resourceValues(forKeys: [.isDirectoryKey])  // says what is wrong where it cannot be read
        guard let urls = FileManager.default.enumerator(at: root, includingPropertiesForKeys: keys) else {
            return files
        }
        var count = 0
        for case let url as URL in urls where count < Self.limit {
            // A file that vanishes meanwhile is none.
            guard let values = try? url.resourceValues(forKeys: Set(keys)), values.isRegularFile == true,
                let size = values.fileSize
            else { continue }
            let path = FilePath(url.path(percentEncoded: false))
            files.sizes[Int64(size), default: []].append(path)
            if EncodedBlob.isFileName(url.lastPathComponent) {
                files.encoded[url.lastPathComponent, default: []].append(path)
            }
            count += 1
        }
        return files
    }
}
