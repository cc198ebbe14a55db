import Logging
import Synchronization
public import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Where the machine tells of itself.
public struct MachinePlaces: Sendable, Hashable {
    /// The kernel's view of the processes (proc(5)).
    public var processes: FilePath = "/proc"
    /// The control groups (cgroups(7)), of version 2 or 1.
    public var groups: FilePath = "/sys/fs/cgroup"
    /// A folder on the disk that holds the store.
    public var store: FilePath

    /// The usual places.
    public init(store: FilePath) {
        self.store = store
    }
}

/// Reads the small files in which the machine tells of itself.
///
/// What cannot be read or understood is logged once per file.
final class MachineFiles: Sendable {
    /// More than any of these files has; of those that have more, such as `/proc/stat`, the beginning is enough.
    private static let maxBytes = 64 * 1024

    private let logger: Logger
    private let missed = Mutex<Set<FilePath>>([])

    init(logger: Logger) {
        self.logger = logger
    }

    /// The text of a file that should be there; `nil`, and one line in the log, where it is not.
    func text(_ path: FilePath) -> String? {
        do {
            return try Self.read(path)
        } catch {
            self.note(path, "\(error)")
            return nil
        }
    }

    /// The text of a file that need not be there.
    func optionalText(_ path: FilePath) -> String? {
        do {
            return try Self.read(path)
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch {
            self.note(path, "\(error)")
            return nil
        }
    }

    /// What a text comes to; one line in the log where it comes to nothing.
    func parse<Value>(_ path: FilePath, _ text: String?, _ parse: (String) -> Value?) -> Value? {
        guard let text else { return nil }
        let value = parse(text)
        if value == nil { self.note(path, "it is not understood") }
        return value
    }

    /// The names in a folder; `nil` where it cannot be listed.
    func names(in path: FilePath) -> [String]? {
        guard let stream = path.withPlatformString({ opendir($0) }) else {
            self.note(path, "\(Errno(rawValue: errno))")
            return nil
        }
        defer { closedir(stream) }
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
        var names: [String] = []
        while let entry = readdir(stream) {
            // The structure is declared longer than the system makes it: the name is read where it lies.
            let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            let text = String(cString: name)
            if text != ".", text != ".." { names.append(text) }
        }
        return names
    }

    /// Says once that a file is of no use.
    func note(_ path: FilePath, _ reason: String) {
        guard self.missed.withLock({ $0.insert(path).inserted }) else { return }
        self.logger.warning(
            "figures of the machine are missing",
            metadata: ["purser.path": "\(path)", "purser.reason": "\(reason)"]
        )
    }

    /// The text at the beginning of a file.
    static func read(_ path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
        // Nothing was written, so closing has nothing to report.
        defer { try? file.close() }
        let bytes = try [UInt8](unsafeUninitializedCapacity: Self.maxBytes) { buffer, count in
            while count < Self.maxBytes {
                let room = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[count...]))
                let got = try file.read(into: room)
                if got == 0 { return }
                count += got
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
