import Foundation
import NIOCore
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserBlobs

/// Text that compresses to a fraction, differs from place to place, and is the same for the same seed.
func sampleText(_ count: Int, seed: UInt64 = 1) -> ByteBuffer {
    var random = SeededGenerator(seed: seed)
    let words = ["invoice", "total", "page", "of", "the", "scan", "2026", "Purser", "line", "ok"]
    var block = ByteBuffer()
    while block.readableBytes < min(count, 32 * 1024) {
        block.writeString(words[Int(random.next() % 10)])
        block.writeString(random.next() % 8 == 0 ? " \(random.next())\n" : " ")
    }
    var text = ByteBuffer()
    text.reserveCapacity(count + block.readableBytes)
    while text.readableBytes < count {
        text.writeInteger(UInt32(truncatingIfNeeded: random.next()))
        text.writeImmutableBuffer(block)
    }
    text.moveWriterIndex(to: count)
    return text
}

extension BlobStore {
    /// Keeps a content encoded, the way the optimizer does, and opens it.
    func putEncoded(_ content: ByteBuffer, as coding: ContentCoding, level: Int? = nil) throws -> EncodedBlob {
        let blob = try digest(of: content)
        let size = Int64(content.readableBytes)
        let file = try self.makeEncodedStagingFile(for: OperationID())
        let encoder = try ContentEncoder(contentSize: size, coding: coding, level: level, file: file)
        var rest = content
        while let frame = rest.readSlice(length: min(encoder.frameBytes, rest.readableBytes)), frame.readableBytes > 0 {
            try encoder.write(frame)
        }
        try encoder.finish()
        try file.synchronize()
        try self.install(file, as: blob, encoding: BlobEncoding(isInline: false, coding: coding))
        return try self.openEncodedBlob(blob, size: size, storedSize: encoder.storedBytes, coding: coding)
    }
}

extension EncodedBlob {
    /// Reads part of the content, however many frames that takes.
    func contents(_ range: Range<Int64>) throws -> ByteBuffer {
        let cursor = try self.makeCursor()
        var buffer = ByteBuffer()
        var offset = range.lowerBound
        while offset < range.upperBound {
            var piece = try cursor.read(at: offset, upTo: Int(range.upperBound - offset))
            try #require(piece.readableBytes > 0)
            offset += Int64(piece.readableBytes)
            buffer.writeBuffer(&piece)
        }
        return buffer
    }
}

/// Runs a program of the system.
///
/// - Returns: What it wrote.
func run(_ program: String, _ arguments: String...) throws -> Data {
    struct Failed: Error { var status: Int32 }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
    return data
}
