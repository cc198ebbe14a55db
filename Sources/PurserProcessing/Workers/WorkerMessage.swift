import Foundation
import PurserIdentifiers

/// What is said to a worker: one line of JSON.
struct WorkerRequest: Encodable, Sendable {
    struct Earlier: Encodable, Sendable {
        struct File: Encodable, Sendable {
            var name: String
            var path: String
            var contentType: String

            enum CodingKeys: String, CodingKey {
                case name, path
                case contentType = "content_type"
            }
        }

        var files: [File]
        var values: [String: StepValue]
    }

    var id: Int64 = 0
    var input: String
    var folder: String
    var size: Int64
    var sha256: String
    var contentType: String?
    var parameters: [String: StepValue]
    var earlier: [String: Earlier]

    enum CodingKeys: String, CodingKey {
        case id, input, folder, size, sha256, parameters, earlier
        case contentType = "content_type"
    }

    init(_ input: StepInput, in folder: String) {
        self.input = input.path
        self.folder = folder
        self.size = input.size
        self.sha256 = input.content.hex
        self.contentType = input.contentType
        self.parameters = input.parameters
        self.earlier = input.earlier.mapValues { output in
            let files = output.files.map { Earlier.File(name: $0.name, path: $0.path, contentType: $0.contentType) }
            return Earlier(files: files, values: output.values)
        }
    }

    /// The line, with its end.
    func line() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}

/// What a worker says: one line of JSON.
///
/// First, once, `{"ready":true}`. Then for each request, with its `id`, any number of times `progress` (0 to 1) and
/// perhaps `message`, and at last either `values` (an object, may be empty) or `error` with `code`, `message`, and perhaps
/// `transient` and `recoverable`. Lines that do not begin with a brace are not for us.
struct WorkerMessage: Decodable, Sendable {
    struct Failure: Decodable, Sendable {
        var code: String
        var message: String
        var transient: Bool?
        var recoverable: Bool?
    }

    var ready: Bool?
    var id: Int64?
    var progress: Double?
    var message: String?
    var values: [String: StepValue]?
    var error: Failure?

    /// Reads a line; `nil` where it is none of these.
    init?(_ line: [UInt8]) {
        guard let message = try? JSONDecoder().decode(Self.self, from: Data(line)) else { return nil }
        self = message
    }
}

extension StepFailure {
    /// What a worker said about a file.
    init(_ failure: WorkerMessage.Failure) {
        let isCode =
            (1...64).contains(failure.code.utf8.count)
            && failure.code.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
            }
        self.init(
            isCode ? failure.code : "worker_failed",
            String(failure.message.prefix(1000)),
            isTransient: failure.transient ?? false,
            isRecoverable: failure.recoverable ?? false
        )
    }
}
