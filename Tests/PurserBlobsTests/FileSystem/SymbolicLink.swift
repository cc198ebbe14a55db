import Foundation
import SystemPackage

func makeSymbolicLink(_ path: FilePath, to target: FilePath) throws {
    try FileManager.default.createSymbolicLink(atPath: path.string, withDestinationPath: target.string)
}
