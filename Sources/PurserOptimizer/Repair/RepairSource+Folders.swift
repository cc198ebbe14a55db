import Foundation
import NIOCore
import PurserBlobs
import PurserIdentifiers
import Synchronization
public import SystemPackage

extension RepairSource {
    /// Any folder, with all folders in it: a file that is as long as a content may be it.
    ///
    /// The folder is gone through once, when it is first asked; links are not followed.
    public static func folder(_ path: FilePath) -> RepairSource {
        let index = FolderIndex(path)
        return RepairSource(RepairPlace(kind: .folder, path: path.string)) { content in
            try index.files(ofSize: content.size).map { path in { Self.open(path) } }
        }
    }

    /// The folder of another store, or of a backup of one: contents that it keeps as they are in files.
    public static func store(_ root: FilePath) -> RepairSource {
        RepairSource(RepairPlace(kind: .store, path: root.string)) { content in
            let path = StoreLayout(root: root).file(of: content.blob)
            return [{ Self.open(path) }]
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

/// The files of a folder by their size.
private final class FolderIndex: Sendable {
    /// Files that are kept at most: a bound on memory, not on usefulness.
    private static let limit = 1_000_000

    private let root: FilePath
    private let sizes = Mutex<[Int64: [FilePath]]?>(nil)

    init(_ root: FilePath) {
        self.root = root
    }

    func files(ofSize size: Int64) throws -> [FilePath] {
        try self.sizes.withLock { sizes in
            let known = try sizes ?? self.read()
            sizes = known
            return known[size] ?? []
        }
    }

    private func read() throws -> [Int64: [FilePath]] {
        let keys: [URLResourceKey] = [.isRegularFileKey, .fileSizeKey]
        let root = URL(filePath: self.root.string)
        _ = try root.resourceValues(forKeys: [.isDirectoryKey])  // says what is wrong where it cannot be read
        guard let urls = FileManager.default.enumerator(at: root, includingPropertiesForKeys: keys) else { return [:] }
        var sizes: [Int64: [FilePath]] = [:]
        var count = 0
        for case let url as URL in urls where count < Self.limit {
            // A file that vanishes meanwhile is none.
            guard let values = try? url.resourceValues(forKeys: Set(keys)), values.isRegularFile == true,
                let size = values.fileSize
            else { continue }
            sizes[Int64(size), default: []].append(FilePath(url.path(percentEncoded: false)))
            count += 1
        }
        return sizes
    }
}
