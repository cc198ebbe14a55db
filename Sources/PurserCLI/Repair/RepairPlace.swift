import Foundation
import SystemPackage

/// Where good bytes may be.
enum RepairPlace: Sendable {
    case folder(FilePath)
    case server(String)

    /// Reads what `--from` takes.
    ///
    /// - Throws: ``CommandError`` where it is neither a URL nor a folder.
    init(_ text: String) throws {
        if text.hasPrefix("http://") || text.hasPrefix("https://") {
            self = .server(try RemoteService.checked(text))
            return
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: text, isDirectory: &isFolder), isFolder.boolValue else {
            throw CommandError.usage("there is no folder '\(text)'")
        }
        self = .folder(FilePath(text))
    }

    /// Opens it for the time of the body.
    func withSource<Value: Sendable>(_ body: (any GoodBytes) async throws -> Value) async throws -> Value {
        switch self {
        case .folder(let path): try await body(FolderBytes(path))
        case .server(let url): try await RemoteService.connect(to: url) { try await body(ServerBytes(service: $0)) }
        }
    }
}
