public import PurserIdentifiers
import SystemPackage

extension BlobStore {
    /// Makes a file for bytes that are not yet committed.
    ///
    /// An operation may have several.
    ///
    /// - Throws: ``BlobError`` `.noSpace`, `.inputOutput`.
    public func makeStagingFile(for operation: OperationID) throws(BlobError) -> StagingFile {
        let (file, path) = try self.createStaging(for: operation)
        return StagingFile(file: file, path: path, fileSystem: self.fileSystem, logger: self.logger)
    }

    /// Makes a file for the encoded form of a blob.
    ///
    /// - Throws: ``BlobError`` `.noSpace`, `.inputOutput`.
    package func makeEncodedStagingFile(for operation: OperationID) throws(BlobError) -> EncodedStagingFile {
        let (file, path) = try self.createStaging(for: operation)
        return EncodedStagingFile(file: file, path: path, fileSystem: self.fileSystem, logger: self.logger)
    }

    private func createStaging(for operation: OperationID) throws(BlobError) -> (any OpenFile, FilePath) {
        let name = operation.description
        var number = 1
        while true {
            let path = self.layout.staging.appending(number == 1 ? name : "\(name).\(number)")
            do {
                return (try self.fileSystem.open(path, .create), path)
            } catch {
                guard error.errno == .fileExists else { throw BlobError(error, "making a staging file") }
                number += 1
            }
        }
    }

    /// Makes a staging file that is gone when the body has ended, in whatever way, unless it was installed.
    public func withStagingFile<Value>(
        for operation: OperationID,
        _ body: (StagingFile) async throws -> Value
    ) async throws -> Value {
        let file = try self.makeStagingFile(for: operation)
        defer { file.discard() }
        return try await body(file)
    }

    /// Puts sealed bytes in place under their digest, durably: fsync of the file, rename, fsync of the folder.
    ///
    /// A file that is there already under this name is replaced by the same bytes; who has it open goes on reading.
    ///
    /// - Parameters:
    ///   - staging: A sealed file; it is of no more use afterwards. After an error, discard it.
    ///   - blob: What ``StagingFile/seal()`` returned for it.
    /// - Throws: ``BlobError`` `.synchronizationFailed`, after which the blob may be there or not, and nothing more may be
    ///   written; `.noSpace`, `.inputOutput`: the blob is not there, unless it was before.
    public func install(_ staging: StagingFile, as blob: BlobID) throws(BlobError) {
        try staging.install(as: blob, at: self.layout.file(of: blob))
    }

    /// Puts an encoded form in place beside the one that is there, durably: rename, fsync of the folder.
    ///
    /// - Parameters:
    ///   - staging: A complete file whose bytes are durable; it is of no more use afterwards. After an error, discard it.
    ///   - blob: The digest of the content.
    ///   - encoding: How it is kept.
    /// - Throws: As ``install(_:as:)``.
    package func install(
        _ staging: EncodedStagingFile,
        as blob: BlobID,
        encoding: BlobEncoding
    ) throws(BlobError) {
        try staging.install(at: self.layout.file(of: blob, encoding: encoding))
    }
}
