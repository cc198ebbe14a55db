import PurserBlobs
package import PurserCatalog
package import PurserIdentifiers

extension FileStore {
    /// Keeps contents that lie in the catalog otherwise, all of them in one transaction.
    ///
    /// As ``reencode(_:_:operation:throttle:)`` with each, at a fraction of the cost. A kill leaves all of them as they were,
    /// or none. One that an upload holds at the time of the commit is done by itself, and each is where the commit fails.
    ///
    /// Memory held: the new form of all of them; uploads of any of them wait for the commit. So a few dozen at a time.
    ///
    /// - Parameters:
    ///   - records: The contents as they were found, inline ones.
    ///   - request: How they are to be kept.
    ///   - operation: Who asks.
    ///   - throttle: Called with the bytes of each content before it is read.
    /// - Returns: For each content what was done, or what went wrong with it alone; in their order.
    /// - Throws: ``StoreError`` `.readOnly`; `CancellationError`; what `throttle` throws before the commit: nothing has changed.
    @concurrent
    package func reencodeInline(
        _ records: [BlobRecord],
        _ request: ReencodeRequest,
        operation: OperationID = OperationID(),
        throttle: @escaping @Sendable (Int) async throws -> Void = { _ in }
    ) async throws -> [Result<ReencodeOutcome, any Error>] {
        if !request.isDryRun { try self.health.requireWritable() }
        let tasks = records.map { record in
            let content = Self.inlineContent(record)
            return content.map { Reencoding(content: $0, request: request, operation: operation, throttle: throttle) }
        }
        let encodings = try await self.inBackground {
            var encodings: [Result<InlineEncoding, any Error>] = []
            for task in tasks {
                try await throttle(Int(task?.content.record.size ?? 0))
                encodings.append(await self.result(of: task))
            }
            return encodings
        }
        let changes = zip(records, encodings).compactMap { record, encoding in
            guard case .success(.form(let form)) = encoding else { return FormChange?.none }
            return FormChange(of: record.id, from: record.form, to: form)
        }
        let kept = try await request.isDryRun ? [:] : self.keepUnheld(changes)
        var outcomes: [Result<ReencodeOutcome, any Error>] = []
        for (task, encoding) in zip(tasks, encodings) {
            switch encoding {
            case .failure(let error): outcomes.append(.failure(error))
            case .success(.unchanged(let outcome)): outcomes.append(.success(outcome))
            case .success(.form(let form)):
                guard let task else { continue }
                let isKept = request.isDryRun ? true : kept[task.content.record.id]
                outcomes.append(await self.outcome(of: task, form, isKept: isKept))
            }
        }
        return outcomes
    }

    /// A content that lies in the catalog, live and whole.
    private static func inlineContent(_ record: BlobRecord) -> Reencoding.Content? {
        guard record.state == .live, !record.isDamaged, let encoding = BlobEncoding(rawValue: record.encoding),
            encoding.isInline
        else { return nil }
        return Reencoding.Content(record: record, encoding: encoding)
    }

    private func result(of task: Reencoding?) async -> Result<InlineEncoding, any Error> {
        guard let task else { return .success(.unchanged(ReencodeOutcome(.changed))) }
        do {
            if let reason = Self.reasonAgainst(task.request, task.content) {
                return .success(.unchanged(task.content.outcome(reason)))
            }
            return .success(try await self.encodeInline(task))
        } catch {
            return .failure(StoreError.translated(error))
        }
    }

    /// Commits what nobody else holds.
    ///
    /// - Returns: For what was tried whether it is kept so now; what is absent has to be done by itself.
    private func keepUnheld(_ changes: [FormChange]) async throws -> [BlobID: Bool] {
        guard !changes.isEmpty else { return [:] }
        do {
            // Not in the background: uploads of the contents wait meanwhile.
            return try await self.onDiskThreads {
                try await self.pins.withExclusive(onFreeOf: changes.map(\.blob)) { free in
                    let unheld = changes.filter { free.contains($0.blob) }
                    let kept = try await self.write { try await self.catalog.keep(unheld) }
                    return Dictionary(zip(unheld.map(\.blob), kept)) { $1 }
                }
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            // Each by itself finds out whether that concerns it.
            return [:]
        }
    }

    private func outcome(
        of task: Reencoding,
        _ form: BlobForm,
        isKept: Bool?
    ) async -> Result<ReencodeOutcome, any Error> {
        switch isKept {
        case true?: return .success(task.done(storedSize: form.storedSize))
        case false?: return .success(task.content.outcome(.changed))
        case nil:
            do {
                let record = task.content.record
                return .success(
                    try await self.reencode(
                        record.id,
                        task.request,
                        operation: task.operation,
                        throttle: { _ in try Task.checkCancellation() }
                    )
                )
            } catch {
                return .failure(error)
            }
        }
    }
}
