import HTTPTypes
import Hummingbird
import Purser
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore

/// Files: store, copy, send, remove.
struct FileRoutes: Sendable {
    let manager: FileStorageManager

    var routes: [Route] {
        let path = "/v1/buckets/:bucket/files/**"
        return [
            self.put(path),
            Route(.get, path, as: .download) { request, context in try await self.send(request, context) },
            Route(.head, path, as: .stat) { request, _ in try self.describe(request) },
            Route(.delete, path, as: .delete) { request, context in try await self.remove(request, context) },
        ]
    }

    private func put(_ path: String) -> Route {
        var route = Route(.put, path) { request, context in
            Self.isCopy(request) ? try await self.copy(request, context) : try await self.upload(request, context)
        }
        route.kind = { Self.isCopy($0) ? .copy : .upload }
        return route
    }

    private static func isCopy(_ request: Request) -> Bool { request.headers[.xCopyFrom] != nil }

    // MARK: Storing

    private func upload(_ request: Request, _ context: PurserRequestContext) async throws -> Response {
        let (bucket, key) = try RequestPath.file(of: request)
        try self.refuseUnsupported(request.headers)
        var options = UploadOptions()
        options.contentType = request.headers[.contentType]
        options.metadata = try UserMetadata.read(request.headers)
        options.digests = try Digests.expected(in: request.headers)
        options.precondition = try self.precondition(request.headers, bucket, key)
        // A client that waits to be asked for the body can be spared sending what is here; everybody who may write here
        // may read every file.
        options.takesKnownContent = request.headers[.expect]?.lowercased() == "100-continue"
        options.admission = try self.admission(request, context)
        let size = try Self.announcedSize(request.headers)
        let body = AdmittedBody(body: request.body, size: size, connection: context.connection)
        let stored = try await self.manager.upload(to: bucket, key: key, body: body, size: size, options: options)
        return Self.answer(stored)
    }

    private func refuseUnsupported(_ headers: HTTPFields) throws {
        if let coding = headers[.contentEncoding], coding.trimmingBlanks().lowercased() != "identity" {
            throw Problem(
                .unsupportedMediaType,
                "unsupported_content_encoding",
                "send the content without Content-Encoding; files are kept as they are"
            )
        }
        if headers[.contentRange] != nil {
            // RFC 9110 §14.5: a PUT of a part must not be taken for a PUT of the whole.
            throw Problem.malformed("partial_put", "PUT takes whole files, without Content-Range")
        }
    }

    /// How many bytes the body will have: none where nothing is announced (RFC 9112 §6.3), unknown where it is chunked.
    private static func announcedSize(_ headers: HTTPFields) throws -> Int64? {
        if headers[.transferEncoding] != nil { return nil }
        guard let text = headers[.contentLength] else { return 0 }
        guard let size = Int64(text), size >= 0 else {
            throw Problem.malformed("malformed_request", "Content-Length is not a number of bytes")
        }
        return size
    }

    private static func answer(_ stored: StoredFile) -> Response {
        .json(
            StoredFileDocument(stored),
            status: stored.isNew ? .created : .ok,
            headers: [.eTag: stored.file.etag, .lastModified: HTTPDate.format(stored.file.modifiedAt)]
        )
    }

    private func copy(_ request: Request, _ context: PurserRequestContext) async throws -> Response {
        let (bucket, key) = try RequestPath.file(of: request)
        let source = try CopySource.read(request.headers)
        let attributes = FileAttributes(
            contentType: request.headers[.contentType],
            metadata: try UserMetadata.read(request.headers)
        )
        let copy = CopyRequest(
            from: source,
            to: (bucket, key),
            precondition: try self.precondition(request.headers, bucket, key),
            attributes: attributes == FileAttributes() ? nil : attributes
        )
        return Self.answer(try await self.manager.copy(copy, admission: self.admission(request, context)))
    }

    private func remove(_ request: Request, _ context: PurserRequestContext) async throws -> Response {
        let (bucket, key) = try RequestPath.file(of: request)
        try await self.manager.delete(
            from: bucket,
            key: key,
            precondition: self.precondition(request.headers, bucket, key),
            admission: self.admission(request, context)
        )
        return Response(status: .noContent)
    }

    private func precondition(_ headers: HTTPFields, _ bucket: BucketName, _ key: FileKey) throws -> WritePrecondition {
        try Conditions(headers).precondition {
            do {
                return try self.manager.store.file(bucket: bucket, key: key)
            } catch let error as StoreError where error.code == .fileNotFound {
                return nil
            }
        }
    }

    private func admission(_ request: Request, _ context: PurserRequestContext) throws -> AdmissionOptions {
        var admission = AdmissionOptions()
        admission.operationID = try request.headers[.xOperationID].map { try OperationID($0) }
        admission.client = context.client
        admission.priority = RequestPriority.priority(in: request.headers)
        admission.onQueued = { operation in context.watch(operation) }
        return admission
    }

    // MARK: Sending

    private func answer(to request: Request, _ file: FileRecord) throws -> FileAnswer {
        // Bytes whose content is to be hashed on the way out have to be decoded.
        let sendsCodings = !self.manager.configuration.storage.verifiesReads
        return try FileAnswer(to: request, file: file, sendsCodings: sendsCodings)
    }

    private func describe(_ request: Request) throws -> Response {
        let (bucket, key) = try RequestPath.file(of: request)
        let file = try self.manager.store.file(bucket: bucket, key: key)
        return try self.answer(to: request, file).responseWithoutBody()
    }

    private func send(_ request: Request, _ context: PurserRequestContext) async throws -> Response {
        let (bucket, key) = try RequestPath.file(of: request)
        // What needs no bytes needs no slot.
        let file = try self.manager.store.file(bucket: bucket, key: key)
        let look = try self.answer(to: request, file)
        guard look.range != nil else { return look.responseWithoutBody() }
        var download = try await self.manager.admitDownload(
            from: bucket,
            key: key,
            admission: self.admission(request, context)
        )
        let answer: FileAnswer
        do {
            // The file may have been replaced while the download waited.
            answer = download.content.file == file ? look : try self.answer(to: request, download.content.file)
        } catch {
            download.end(error)
            throw error
        }
        guard let range = answer.range else {
            download.end()
            return answer.responseWithoutBody()
        }
        if answer.coding != nil, !download.takeAsKept() {
            let error = StoreError(.internal, "a content is not kept as its row says")
            download.end(error)
            throw error
        }
        return self.response(answer, range, download, context)
    }

    private func response(
        _ answer: FileAnswer,
        _ range: Range<Int64>,
        _ download: AdmittedDownload,
        _ context: PurserRequestContext
    ) -> Response {
        if case .inline(let buffer) = download.content.place {
            let slice = buffer.getSlice(at: buffer.readerIndex + Int(range.lowerBound), length: range.count)
            download.end(bytes: range.count)
            return answer.response(body: .init(byteBuffer: slice ?? ByteBuffer()))
        }
        let connection = context.connection
        download.slot.operation.onCancel { _ in connection?.abort() }
        return answer.response(
            body: ResponseBody(contentLength: range.count) { writer in
                if let connection {
                    let sender = ConnectionSender(range.count, to: connection) {
                        // Cancelled before: then it stays so.
                        try? download.slot.operation.seal()
                    }
                    try await download.send(range, through: sender)
                } else {
                    try await download.send(range) { piece in try await writer.write(piece) }
                }
                try await writer.finish(nil)
            }
        )
    }
}
