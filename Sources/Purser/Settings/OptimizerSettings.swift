import PurserIdentifiers
import PurserOperations
import PurserOptimizer

/// A bucket within a list.
struct BucketSetting: Codable {
    var name: BucketName

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            self.name = try BucketName(text)
        } catch {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "the name of a bucket, got '\(text)': \(error.message)"
            )
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.name.text)
    }
}

/// A number of bytes within a list, in the form of `10GB`.
struct ByteSizeSetting: Codable {
    var bytes: Int64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let bytes = ByteSize.parse(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "a size such as 64KiB or 5GB, got '\(text)'"
            )
        }
        self.bytes = bytes
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(ByteSize.exact(self.bytes))
    }
}

/// Which files are meant, as files have it.
struct FileFilterSetting: ListSetting {
    var bucket: BucketSetting?
    var prefix: String?
    var contentTypes: [String]?
    var metadata: [String: String]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case bucket, prefix, metadata
        case contentTypes = "content_types"
    }

    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }

    var filter: FileFilter {
        var filter = FileFilter()
        filter.bucket = self.bucket?.name
        filter.prefix = self.prefix ?? ""
        filter.contentTypes = self.contentTypes ?? []
        filter.metadata = self.metadata ?? [:]
        return filter
    }
}

/// A rule on the age of files as files have it; `max_file_age: none` keeps them for ever.
struct AgeRuleSetting: ListSetting {
    /// A duration, or `none`.
    struct Age: Codable {
        var duration: Duration?

        init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            self.duration = text == "none" ? nil : try DurationSetting(from: decoder).duration
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(self.duration.map(DurationText.exact) ?? "none")
        }
    }

    var bucket: BucketSetting?
    var prefix: String?
    var contentTypes: [String]?
    var metadata: [String: String]?
    var maxFileAge: Age

    enum CodingKeys: String, CodingKey, CaseIterable {
        case bucket, prefix, metadata
        case contentTypes = "content_types"
        case maxFileAge = "max_file_age"
    }

    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }

    var rule: AgePolicy.Rule {
        var filter = FileFilter()
        filter.bucket = self.bucket?.name
        filter.prefix = self.prefix ?? ""
        filter.contentTypes = self.contentTypes ?? []
        filter.metadata = self.metadata ?? [:]
        return AgePolicy.Rule(filter, maxFileAge: self.maxFileAge.duration)
    }
}

/// A limit of a bucket as files have it.
struct BucketLimitSetting: ListSetting {
    var bucket: BucketSetting
    var maxBytes: ByteSizeSetting
    var lowMark: ByteSizeSetting?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case bucket
        case maxBytes = "max_bytes"
        case lowMark = "low_mark"
    }

    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }

    var limit: SizeLimitPolicy.BucketLimit {
        SizeLimitPolicy.BucketLimit(self.bucket.name, maxBytes: self.maxBytes.bytes, lowMark: self.lowMark?.bytes)
    }
}

/// A bucket in which further names of one content go.
struct DuplicateSetting: ListSetting {
    /// Which name stays.
    enum Policy: String, Codable {
        /// The one that was written first.
        case keepOldest = "keep_oldest"
    }

    var bucket: BucketSetting
    var policy: Policy

    enum CodingKeys: String, CodingKey, CaseIterable {
        case bucket, policy
    }

    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }
}
