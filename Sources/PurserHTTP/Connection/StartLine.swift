import NIOCore

/// How the first line of a request ends, as far as it has come; the parser's errors alone do not tell.
enum StartLine: Equatable {
    case incomplete
    case complete
    /// By a line feed without a carriage return, which the parser takes for a part of the version.
    case bareLineFeed

    /// Looks for the line's end in what has just come.
    init(endingIn buffer: ByteBuffer) {
        let bytes = buffer.readableBytesView
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            self = .incomplete
            return
        }
        // Where the line feed comes first, the other may have come before.
        let hasReturn = end == bytes.startIndex || bytes[bytes.index(before: end)] == UInt8(ascii: "\r")
        self = hasReturn ? .complete : .bareLineFeed
    }
}
