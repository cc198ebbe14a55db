import Logging
import PurserBlobs
import PurserCatalog
import PurserIdentifiers

extension FileStore {
    /// Lets a form of a content that is complete and durable take the place of the one that the catalog names.
    ///
    /// The content is held exclusively meanwhile: an upload that has looked for the old file finds it until its commit, and
    /// the collector stays away.
    ///
    /// - Parameters:
    ///   - task: What is replaced.
    ///   - form: The new form.
    ///   - install: Puts its file in place, durably.
    /// - Returns: `false` where the content is not any more as it was; everything is then as if nothing had been tried.
    /// - Throws: ``BlobError``, ``CatalogError``; the form that the catalog names is there.
    func swap(
        _ task: Reencoding,
        to form: BlobForm,
        install: () throws(BlobError) -> Void
    ) async throws -> Bool {
        let record = task.content.record
        return try await self.pins.withExclusiveWhenFree(on: record.id) {
            guard try self.isStill(record) else { return false }
            try self.health.requireWritable()
            try install()
            guard try await self.commit(form, insteadOf: record, task.target) else {
                try self.blobs.remove(record.id, encoding: task.target)
                return false
            }
            await self.removeOld(record, task.content.encoding)
            return true
        }
    }

    private func isStill(_ record: BlobRecord) throws -> Bool {
        guard let now = try self.catalog.blob(record.id) else { return false }
        return now.state == .live && !now.isDamaged && now.form == record.form
    }

    /// Commits the new form; where that fails, finds out what the catalog names.
    private func commit(_ form: BlobForm, insteadOf record: BlobRecord, _ target: BlobEncoding) async throws -> Bool {
        do {
            return try await self.write {
                try await self.catalog.keep(record.id, as: form, insteadOf: record.form)
            }
        } catch {
            do {
                if try self.catalog.blob(record.id)?.form == form { return true }
                try self.blobs.remove(record.id, encoding: target)
            } catch {
                if let error = error as? BlobError { self.health.note(error) }
                // Both files stay until the next start finds out.
                self.leaveForSweep(record.id, error)
            }
            throw error
        }
    }

    /// Removes the form that nothing names any more; readers that have it open keep it.
    ///
    /// The content is kept as asked, whatever becomes of this.
    private func removeOld(_ record: BlobRecord, _ encoding: BlobEncoding) async {
        do {
            try self.blobs.remove(record.id, encoding: encoding)
        } catch {
            self.health.note(error)
            self.leaveForSweep(record.id, error)
        }
    }

    private func leaveForSweep(_ blob: BlobID, _ error: any Error) {
        self.lock.markUnclean()
        self.logger.error(
            "bytes that were replaced could not be removed",
            metadata: ["purser.blob.sha256": "\(blob)", "purser.error": "\(error)"]
        )
    }
}
