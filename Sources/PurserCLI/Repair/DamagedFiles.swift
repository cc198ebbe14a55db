import PurserIdentifiers

/// Files whose bytes are known to be damaged.
enum DamagedFiles {
    /// Looks through the names of all buckets.
    static func find(in service: any StorageService) async throws -> [FileDocument] {
        var damaged: [FileDocument] = []
        for bucket in try await service.buckets() {
            var walk = FileWalk(FileQuery(bucket: try BucketName(bucket.name)), of: service)
            while let file = try await walk.nextFile() {
                if file.damaged == true { damaged.append(file) }
            }
        }
        return damaged
    }
}
