import Hummingbird
import NIOCore
import NIOHTTP1

/// The body of a request, of which nothing is taken from the socket before somebody reads it.
///
/// Only then is `100 Continue` sent to a client that waits for it (RFC 9110 §10.1.1), so that a refused upload sends no
/// body.
struct AdmittedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: RequestBody
    let size: Int64?
    let connection: ClientConnection?

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let size: Int64?
        var connection: ClientConnection?

        @concurrent
        mutating func next() async throws -> ByteBuffer? {
            if let connection = self.connection {
                self.connection = nil
                await connection.admitBody(expecting: self.size)
            }
            do {
                return try await self.base.next()
            } catch let error as HTTPParserError {
                // Known by its code, also in the document of the operation.
                throw Problem(describing: error)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: self.body.makeAsyncIterator(), size: self.size, connection: self.connection)
    }
}
