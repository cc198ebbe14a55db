public import PurserBlobs
import SystemPackage

/// Does what processing itself does on the disk: folders of steps, checks of what they made, results that are kept.
public final class StepDisk: Sendable {
    let fileSystem: any FileSystem
    let threads: DiskThreads

    /// Takes a disk.
    ///
    /// - Parameters:
    ///   - fileSystem: The way to it.
    ///   - threads: Where calls to it wait.
    public init(
        fileSystem: any FileSystem = LocalFileSystem(),
        threads: DiskThreads = DiskThreads(count: 2)
    ) {
        self.fileSystem = fileSystem
        self.threads = threads
    }

    /// Makes a folder; one that is there is left as it is.
    ///
    /// - Throws: ``StepFailure`` `scratch_failed`, which is transient.
    func makeFolder(_ path: String) async throws(StepFailure) {
        let error = await self.threads.run { () -> FileSystemError? in
            do throws(FileSystemError) {
                try self.fileSystem.createDirectory(FilePath(path))
                return nil
            } catch {
                return error
            }
        }
        if let error { throw StepFailure(scratch: error) }
    }

    /// Makes a folder that is empty: what is in one that is there goes, as far as the system allows.
    ///
    /// - Throws: ``StepFailure`` `scratch_failed`, which is transient.
    func makeEmptyFolder(_ path: String) async throws(StepFailure) {
        let error = await self.threads.run { () -> FileSystemError? in
            do throws(FileSystemError) {
                let folder = FilePath(path)
                // What lies behind a link is not ours.
                if let status = try self.fileSystem.status(of: folder), status.kind != .directory {
                    try self.fileSystem.remove(folder)
                }
                try self.fileSystem.createDirectory(folder)
                _ = try self.fileSystem.empty(folder)
                return nil
            } catch {
                return error
            }
        }
        if let error { throw StepFailure(scratch: error) }
    }

    /// Removes a folder with all that is in it.
    ///
    /// What stays is removed with the file's folder.
    func removeFolder(_ path: String) async {
        await self.threads.run {
            let folder = FilePath(path)
            // Its room is wanted for the next try, no more: the folder of the file goes in any case. A program may have put
            // a link in its place: what lies behind one is not ours.
            guard (try? self.fileSystem.status(of: folder))??.kind == .directory else { return }
            _ = try? self.fileSystem.empty(folder)
            try? self.fileSystem.removeDirectory(folder)
        }
    }

    /// Checks that all files of an output have proper names and are regular files within a folder.
    ///
    /// - Throws: ``StepFailure`` `bad_output`; `scratch_failed`.
    func check(_ output: StepOutput, madeIn folder: String) async throws(StepFailure) {
        let failure = await self.threads.run { () -> StepFailure? in
            do throws(StepFailure) {
                try self.checkNow(output, FilePath(folder))
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    private func checkNow(_ output: StepOutput, _ folder: FilePath) throws(StepFailure) {
        guard output.files.count <= StepOutput.maxFiles else {
            throw StepFailure("bad_output", "a step made \(output.files.count) files; \(StepOutput.maxFiles) may be")
        }
        var names: Set<String> = []
        for file in output.files {
            guard file.hasProperName else {
                throw StepFailure("bad_output", "a step made a file whose name is no name of an output")
            }
            guard names.insert(file.name).inserted else {
                throw StepFailure("bad_output", "a step made two files '\(file.name)'")
            }
            try self.check(file, folder)
        }
    }

    /// Links are not followed, neither to the file nor on the way to it: a program may have made them.
    private func check(_ file: StepFile, _ folder: FilePath) throws(StepFailure) {
        var rest = FilePath(file.path)
        let isWithin = rest.removePrefix(folder)
        guard isWithin, !rest.isEmpty, rest.components.allSatisfy({ $0.kind == .regular }) else {
            throw StepFailure("bad_output", "the file '\(file.name)' lies outside of the step's folder")
        }
        var path = folder
        for (index, component) in rest.components.enumerated() {
            path.append(component)
            let wanted: FileStatus.Kind = index + 1 == rest.components.count ? .regular : .directory
            let status: FileStatus?
            do throws(FileSystemError) {
                status = try self.fileSystem.status(of: path)
            } catch {
                throw StepFailure(scratch: error)
            }
            guard status?.kind == wanted else {
                let what = status == nil ? "is missing" : "is no regular file"
                throw StepFailure("bad_output", "the file '\(file.name)' \(what)")
            }
        }
    }
}

extension StepFailure {
    /// The disk failed under a step.
    init(scratch error: FileSystemError) {
        let advice = error.isNoSpace ? "free space on the disk" : "look at the disk"
        self.init(
            "scratch_failed",
            "a step could not work on the disk (\(error.call.rawValue): \(error.errno)): \(advice)",
            isTransient: true,
            severity: .critical
        )
    }
}
