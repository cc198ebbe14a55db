import Glibc

/// The files that a step `exec` makes.
///
/// What a program made is not trusted: links, pipes and devices are no outputs, and no link is followed on the way.
struct ExecFiles {
    private let configuration: ExecConfiguration
    private let folder: String

    init(_ configuration: ExecConfiguration, in folder: String) {
        self.configuration = configuration
        self.folder = folder
    }

    /// Makes the folders that outputs lie in.
    ///
    /// - Throws: ``StepFailure`` `scratch_failed`.
    func prepare() throws(StepFailure) {
        var wanted = self.configuration.outputs.map { $0.name.split(separator: "/").dropLast().map(String.init) }
        if let collection = self.configuration.collection {
            wanted.append(collection.folder.split(separator: "/").map(String.init))
        }
        for components in wanted {
            var path = self.folder
            for component in components {
                path += "/\(component)"
                guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                    throw StepFailure("scratch_failed", "a step got no folder; look at the disk", isTransient: true)
                }
            }
        }
    }

    /// Finds what was made.
    ///
    /// - Returns: The files, in the order of the configuration, and those that are collected by their names.
    /// - Throws: ``StepFailure`` `output_missing`, `bad_output`.
    func collect() throws(StepFailure) -> [StepFile] {
        var files: [StepFile] = []
        for output in self.configuration.outputs {
            switch Self.kind(of: output.name, in: self.folder) {
            case .file: files.append(self.file(output.name, output.contentType, output.isKept))
            case .none where output.isOptional: continue
            case .none:
                throw StepFailure("output_missing", "the program ended well, but did not make '\(output.name)'")
            default: throw StepFailure("bad_output", "'\(output.name)' is no regular file")
            }
        }
        return files + (try self.collected())
    }

    private func collected() throws(StepFailure) -> [StepFile] {
        guard let collection = self.configuration.collection else { return [] }
        guard Self.kind(of: collection.folder, in: self.folder) == .folder else {
            throw StepFailure("bad_output", "'\(collection.folder)' is no folder any more")
        }
        guard let names = Self.names(in: "\(self.folder)/\(collection.folder)", limit: collection.maxFiles) else {
            throw StepFailure("bad_output", "'\(collection.folder)' holds more than \(collection.maxFiles) files")
        }
        var files: [StepFile] = []
        for name in names.sorted() {
            let file = self.file("\(collection.folder)/\(name)", collection.contentType, collection.isKept)
            guard file.hasProperName else {
                throw StepFailure("bad_output", "a file in '\(collection.folder)' has a name that no output may have")
            }
            guard Self.kind(of: file.name, in: self.folder) == .file else {
                throw StepFailure("bad_output", "'\(file.name)' is no regular file")
            }
            files.append(file)
        }
        return files
    }

    private func file(_ name: String, _ contentType: String, _ isKept: Bool) -> StepFile {
        StepFile(name: name, path: "\(self.folder)/\(name)", contentType: contentType, isKept: isKept)
    }

    private enum Kind { case file, folder, other }

    /// What lies at a path; `nil` where there is nothing.
    private static func kind(of name: String, in folder: String) -> Kind? {
        var path = folder
        var status = stat()
        let components = name.split(separator: "/")
        for (index, component) in components.enumerated() {
            path += "/\(component)"
            guard lstat(path, &status) == 0 else { return nil }
            let isLast = index + 1 == components.count
            if !isLast && status.st_mode & S_IFMT != S_IFDIR { return .other }
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// The names in a folder; `nil` where there are more than some.
    private static func names(in folder: String, limit: Int) -> [String]? {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            guard names.count < limit else { return nil }
            names.append(name)
        }
        return names
    }
}
