import PurserIdentifiers
import Synchronization

/// Which files are being read, by name.
///
/// The bytes of an open content stay readable whatever happens to its name; this is for those who would rather leave a
/// name alone while somebody reads under it.
final class OpenReadings: Sendable {
    struct Name: Hashable, Sendable {
        let bucket: BucketName
        let key: FileKey
    }

    private let counts = Mutex<[Name: Int]>([:])

    /// Counts a reading in; it counts itself out when it is let go of.
    func begin(bucket: BucketName, key: FileKey) -> OpenReading {
        let name = Name(bucket: bucket, key: key)
        self.counts.withLock { $0[name, default: 0] += 1 }
        return OpenReading(name, self)
    }

    /// Whether somebody reads under a name.
    func contains(bucket: BucketName, key: FileKey) -> Bool {
        self.counts.withLock { $0[Name(bucket: bucket, key: key)] != nil }
    }

    fileprivate func end(_ name: Name) {
        self.counts.withLock { counts in
            let count = counts[name, default: 1] - 1
            counts[name] = count > 0 ? count : nil
        }
    }
}

/// One reading of a file, for as long as it is held.
final class OpenReading: Sendable {
    private let name: OpenReadings.Name
    private let readings: OpenReadings

    fileprivate init(_ name: OpenReadings.Name, _ readings: OpenReadings) {
        self.name = name
        self.readings = readings
    }

    deinit {
        self.readings.end(self.name)
    }
}
