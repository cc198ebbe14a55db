import Crypto
import Foundation
import NIOCore
import Purser
import PurserIdentifiers
import SystemPackage

/// An export of metrics that the user asked for: its bytes, and where they go.
struct MetricsExportFile: Sendable {
    /// Where it goes; `-` is standard output.
    let target: String
    /// What it looks like.
    let format: MetricsFormat

    /// The bytes of the export.
    ///
    /// - Throws: ``CommandError``.
    func bytes(from service: RemoteService) async throws -> Data {
        switch self.format {
        case .json: return try await service.metrics() + Data("\n".utf8)
        case .prometheus: return try await service.metricsText()
        case .csv:
            let data = try await service.metrics()
            let document = try RemoteService.decode(Metrics.self, from: data, by: DocumentCoding.decode)
            return Data(MetricsTable.csv(document.metrics).utf8)
        }
    }

    private struct Metrics: Decodable {
        var metrics: [String: MetricsDocument.Metric]
    }

    /// Writes it: to a file whole or not at all, to a device or a pipe as it is.
    ///
    /// - Throws: ``CommandError`` where it cannot be written: what was there before stays then, and nothing else is left.
    func write(_ bytes: Data, on console: Console) async throws {
        guard self.target != "-" else { return try console.text(String(decoding: bytes, as: UTF8.self)) }
        let path = FilePath(self.target)
        let kind: FileStatus.Kind?
        do {
            kind = try FileStatus.ifPresent(path)?.kind
        } catch {
            throw CommandError("\(path) cannot be written: \(error)")
        }
        switch kind {
        case .folder: throw CommandError("\(path) cannot be written: it is a folder")
        case .special: try await self.stream(bytes, to: path)
        default: try await self.place(bytes, at: FileDownload.resolved(path))
        }
    }

    private func place(_ bytes: Data, at path: FilePath) async throws {
        guard let digest = BlobID(bytes: SHA256.hash(data: bytes)) else { preconditionFailure("a digest has 32 bytes") }
        try await PartialFile.write(path, ContentFacts(size: Int64(bytes.count), sha256: digest)) { partial in
            if partial.count > 0 { try partial.startOver() }
            // The next export has other bytes, and would never continue what is left of this one.
            partial.giveUp()
            try await partial.append(ByteBuffer(bytes: bytes))
        }
    }

    private func stream(_ bytes: Data, to path: FilePath) async throws {
        let descriptor: SystemPackage.FileDescriptor
        do {
            descriptor = try SystemPackage.FileDescriptor.open(path, .writeOnly, options: [.closeOnExec])
        } catch {
            throw CommandError("\(path) cannot be written: \(error)")
        }
        defer {
            // A device or a pipe: what was written is out.
            try? descriptor.close()
        }
        try await OutputStream(descriptor).append(ByteBuffer(bytes: bytes))
    }
}
