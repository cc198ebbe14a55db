import Foundation
import SystemPackage

/// Does to a file what disks and people do.
///
/// The damage is `missing`, `cut short` or `flipped`.
func damageFile(_ path: FilePath, _ damage: String) throws {
    guard damage != "missing" else { return try FileManager.default.removeItem(atPath: path.string) }
    let handle = try FileHandle(forUpdating: URL(filePath: path.string))
    let end = try handle.seekToEnd()
    if damage == "cut short" {
        try handle.truncate(atOffset: end - 1)
    } else {
        try handle.seek(toOffset: end - 1)
        let last = try handle.read(upToCount: 1)?.first ?? 0
        try handle.seek(toOffset: end - 1)
        try handle.write(contentsOf: Data([~last]))
    }
    try handle.close()
}
