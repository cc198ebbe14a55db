import Foundation
import PurserBlobs
import Synchronization
import SystemPackage

/// What a power failure takes of what was not synchronized; all of these can happen on real disks.
public enum PowerLoss: Sendable, Hashable {
    /// All of it.
    case everything
    /// Nothing of it.
    case nothing
    /// Some of it, in an order of the disk's own: each name and each file for itself, by a seed. A name that depends on
    /// another goes with it; bytes may be missing, cut short, or zero although the length is right.
    case some(seed: UInt64)
}

extension FaultyFileSystem {
    /// Takes from the disk what was not synchronized, and fails all calls until ``reopen()``.
    ///
    /// - Throws: What keeps the disk from being put into that state; the test can then prove nothing.
    public func losePower(_ loss: PowerLoss) throws {
        let files = self.state.withLock { state in
            state.isDown = true
            return state.files.compactMap { $0.file }
        }
        for file in files { file.die() }
        try self.state.withLock { state in
            guard var journal = state.journal else { throw PowerLossUnavailable() }
            try journal.lose(loss)
            state.journal = journal
        }
    }
}

/// Power can only be lost with a spare folder to keep the past in.
struct PowerLossUnavailable: Error {}

/// What has happened on a disk since it was last synchronized, and how to take it back.
struct LossJournal: Sendable {
    typealias ImageID = Int

    enum Change: Sendable {
        case createFile(FilePath)
        case createDirectory(FilePath)
        case rename(FilePath, FilePath, replaced: FilePath?)
        case remove(FilePath, saved: FilePath?)
        case removeDirectory(FilePath)

        var paths: [FilePath] {
            switch self {
            case .createFile(let path), .createDirectory(let path), .remove(let path, _), .removeDirectory(let path):
                [path]
            case .rename(let old, let new, _): [old, new]
            }
        }
    }

    /// Paths, of which it can be told at once whether another lies above or below one of them.
    private struct Paths {
        private var members: Set<String> = []
        private var above: Set<String> = []

        mutating func insert(_ paths: [FilePath]) {
            for path in paths where self.members.insert(path.string).inserted {
                self.above.formUnion(Self.ancestors(of: path))
            }
        }

        func contains(_ path: FilePath) -> Bool { self.members.contains(path.string) }
        func areBelow(_ path: FilePath) -> Bool { self.above.contains(path.string) }
        func areAbove(_ path: FilePath) -> Bool { Self.ancestors(of: path).contains { self.members.contains($0) } }

        private static func ancestors(of path: FilePath) -> [String] {
            let text = path.string.utf8
            return text.indices.filter { text[$0] == UInt8(ascii: "/") }.compactMap { String(text[..<$0]) }
        }
    }

    /// What a file's bytes were when it was last synchronized.
    struct Image: Sendable {
        /// Another name of the file, under which it is found whatever becomes of its own.
        var link: FilePath
        var size: Int64
        var overwritten: [(offset: Int64, bytes: Data)] = []
    }

    private let spare: FilePath
    private var nextNumber = 0
    private var changes: [Change] = []
    private var images: [ImageID: Image] = [:]

    init(spare: FilePath) {
        self.spare = spare
    }

    private mutating func unusedPath() -> FilePath {
        self.nextNumber += 1
        return self.spare.appending("\(self.nextNumber)")
    }

    private func link(_ path: FilePath, as other: FilePath) throws(FileSystemError) {
        do {
            try FileManager.default.linkItem(atPath: path.string, toPath: other.string)
        } catch {
            throw FileSystemError(.open, .ioError, other)
        }
    }

    // MARK: Names

    mutating func record(_ change: Change) {
        self.changes.append(change)
    }

    /// Keeps a file that is about to lose its name.
    mutating func save(_ path: FilePath) throws(FileSystemError) -> FilePath? {
        guard let status = try LocalFileSystem().status(of: path), status.kind == .regular else { return nil }
        let saved = self.unusedPath()
        try self.link(path, as: saved)
        return saved
    }

    /// The changes in a folder are durable, and with them all that they could not have happened without.
    mutating func synchronizeDirectory(_ folder: FilePath) {
        var durable = Paths()
        for index in self.changes.indices.reversed() {
            let change = self.changes[index]
            let isDurable = change.paths.contains {
                $0.removingLastComponent() == folder || durable.contains($0) || durable.areBelow($0)
            }
            guard isDurable else { continue }
            durable.insert(change.paths)
            self.changes.remove(at: index)
        }
    }

    // MARK: Bytes

    mutating func trackFile(at path: FilePath, size: Int64) throws(FileSystemError) -> ImageID {
        let link = self.unusedPath()
        try self.link(path, as: link)
        self.images[self.nextNumber] = Image(link: link, size: size)
        return self.nextNumber
    }

    /// Keeps durable bytes that are about to be overwritten or cut off.
    mutating func willChange(_ id: ImageID?, _ range: Range<Int64>) throws(FileSystemError) {
        guard let id, var image = self.images[id], range.lowerBound < image.size else { return }
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: image.link.string))
            try handle.seek(toOffset: UInt64(range.lowerBound))
            let count = Int(min(range.upperBound, image.size) - range.lowerBound)
            image.overwritten.append((range.lowerBound, try handle.read(upToCount: count) ?? Data()))
            try handle.close()
        } catch {
            throw FileSystemError(.write, .ioError, image.link)
        }
        self.images[id] = image
    }

    mutating func synchronized(_ id: ImageID?, size: Int64) {
        guard let id else { return }
        self.images[id]?.size = size
        self.images[id]?.overwritten = []
    }

    // MARK: Loss

    mutating func lose(_ loss: PowerLoss) throws {
        var random = LossRandom(loss)
        var lost = Paths()
        var undone: [Change] = []
        for change in self.changes {
            let depends = change.paths.contains { lost.contains($0) || lost.areBelow($0) || lost.areAbove($0) }
            guard random.isLost() || depends else { continue }
            lost.insert(change.paths)
            undone.append(change)
        }
        for change in undone.reversed() { try self.undo(change) }
        for id in self.images.keys.sorted() {
            if let image = self.images[id] { try Self.lose(image, &random) }
        }
        self.changes = []
        self.images = [:]
        // The links have done their work; names in the spare folder are not part of what is tested.
        for name in try LocalFileSystem().entries(of: self.spare) {
            try LocalFileSystem().remove(self.spare.appending(name))
        }
    }

    private func undo(_ change: Change) throws {
        let disk = LocalFileSystem()
        switch change {
        case .createFile(let path): try disk.remove(path)
        case .createDirectory(let path): try FileManager.default.removeItem(atPath: path.string)
        case .rename(let old, let new, let replaced):
            try disk.rename(new, to: old)
            if let replaced { try self.link(replaced, as: new) }
        case .remove(let path, let saved):
            if let saved { try self.link(saved, as: path) }
        case .removeDirectory(let path): try disk.createDirectory(path)
        }
    }

    private static func lose(_ image: Image, _ random: inout LossRandom) throws {
        let handle = try FileHandle(forUpdating: URL(filePath: image.link.string))
        if random.isLost() {
            for old in image.overwritten.reversed() {
                try handle.seek(toOffset: UInt64(old.offset))
                try handle.write(contentsOf: old.bytes)
            }
        }
        let end = Int64(try handle.seekToEnd())
        if end > image.size, random.isLost() {
            let kept = random.isLost() ? image.size : Int64.random(in: image.size...end, using: &random.generator)
            try handle.truncate(atOffset: UInt64(kept))
            // Some file systems make the length durable before the bytes.
            if !random.isLost() { try handle.truncate(atOffset: UInt64(end)) }
        }
        try handle.close()
    }
}

/// The decisions of a power failure.
struct LossRandom {
    /// SplitMix64: a small generator whose every seed is good.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9e37_79b9_7f4a_7c15
            var word = self.state
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return word ^ (word >> 31)
        }
    }

    var generator = Generator(state: 0)
    private let fixed: Bool?

    init(_ loss: PowerLoss) {
        switch loss {
        case .everything: self.fixed = true
        case .nothing: self.fixed = false
        case .some(let seed):
            self.fixed = nil
            self.generator = Generator(state: seed)
        }
    }

    mutating func isLost() -> Bool {
        if let fixed = self.fixed { return fixed }
        return Bool.random(using: &self.generator)
    }
}
