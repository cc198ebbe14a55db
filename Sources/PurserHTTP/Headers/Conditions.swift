import Foundation
import HTTPTypes
import Hummingbird
import PurserCatalog
import PurserIdentifiers

/// The conditions of a request (RFC 9110 §13).
struct Conditions {
    var ifMatch: EntityTags?
    var ifNoneMatch: EntityTags?
    var ifModifiedSince: Date?
    var ifUnmodifiedSince: Date?

    init(_ headers: HTTPFields) throws {
        self.ifMatch = try Self.tags(.ifMatch, headers)
        self.ifNoneMatch = try Self.tags(.ifNoneMatch, headers)
        // A date that cannot be read is ignored (§13.1.3, §13.1.4).
        self.ifModifiedSince = headers[.ifModifiedSince].flatMap(HTTPDate.parse)
        self.ifUnmodifiedSince = headers[.ifUnmodifiedSince].flatMap(HTTPDate.parse)
    }

    private static func tags(_ name: HTTPField.Name, _ headers: HTTPFields) throws -> EntityTags? {
        let lines = headers[values: name]
        guard !lines.isEmpty else { return nil }
        return try EntityTags(lines.joined(separator: ", "), field: name.rawName)
    }

    enum Outcome: Equatable {
        case proceed
        /// The client has the form with this tag, and can use it.
        case notModified(FileTag)
        case failed
    }

    /// Weighs the conditions of a GET or HEAD in the order of §13.2.2.
    ///
    /// - Parameters:
    ///   - file: The file as it is.
    ///   - form: The tag of what would be sent.
    ///   - accepted: The codings that the client can decode: another form that it has will do, too.
    /// - Returns: What to do.
    func weigh(for file: FileRecord, form: FileTag, accepted: AcceptedCodings) -> Outcome {
        if let ifMatch {
            guard ifMatch.matchesStrongly(file.blob) else { return .failed }
        } else if let ifUnmodifiedSince {
            guard file.modifiedAt.wholeSeconds <= ifUnmodifiedSince else { return .failed }
        }
        if let ifNoneMatch {
            if ifNoneMatch == .any { return .notModified(form) }
            let usable = ifNoneMatch.forms(of: file.blob).filter { $0.coding.map(accepted.accepts) ?? true }
            guard let first = usable.first else { return .proceed }
            return .notModified(usable.contains(form) ? form : first)
        }
        if let ifModifiedSince, file.modifiedAt.wholeSeconds <= ifModifiedSince { return .notModified(form) }
        return .proceed
    }

    /// The conditions of a write, as the catalog checks them in the transaction.
    ///
    /// - Parameter current: Looks the file up as it is now, for conditions on its date.
    /// - Returns: What the catalog has to check.
    /// - Throws: A problem 412 where no file could meet them.
    func precondition(current: () throws -> FileRecord?) throws -> WritePrecondition {
        let excluded: [BlobID]?
        switch self.ifNoneMatch {
        case nil: excluded = nil
        case .any:
            // A file that is to match and not to be there is none.
            guard self.ifMatch == nil else { throw Self.failed(try current()) }
            return .absent
        case .list(let strong, let weak): excluded = (strong + weak).map(\.blob)
        }
        if case .list(let strong, _)? = self.ifMatch {
            return .matches(strong.map(\.blob).filter { excluded?.contains($0) != true })
        }
        if self.ifMatch == .any {
            guard let excluded, !excluded.isEmpty else { return .exists }
            return try Self.stays(current(), unless: excluded)
        }
        if let ifUnmodifiedSince, let file = try current() {
            guard file.modifiedAt.wholeSeconds <= ifUnmodifiedSince else { throw Self.failed(file) }
            return try Self.stays(file, unless: excluded ?? [])
        }
        return excluded.map { .noneMatch($0) } ?? .none
    }

    /// A condition that holds for the file as it is now: the transaction makes sure that it still is.
    private static func stays(_ file: FileRecord?, unless excluded: [BlobID]) throws -> WritePrecondition {
        guard let file, !excluded.contains(file.blob) else { throw Self.failed(file) }
        return .matches([file.blob])
    }

    /// The answer where the conditions do not hold for the file as it is now.
    static func failed(_ current: FileRecord?) -> Problem {
        Problem(
            .preconditionFailed,
            "precondition_failed",
            "the file is not in the state that the request asks for",
            headers: current.map { [.eTag: $0.etag] } ?? [:]
        )
    }
}

extension Date {
    /// Without the fraction that HTTP's dates do not have.
    var wholeSeconds: Date { Date(timeIntervalSince1970: self.timeIntervalSince1970.rounded(.down)) }
}
