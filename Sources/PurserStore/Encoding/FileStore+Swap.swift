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
        install: @Sendable () throws(BlobError) -> Void
    ) async throws -> Bool {
        let record = task.content.record
        // Not in the background: uploads of the content wait meanwhile.
        return try await self.onDiskThreads {
            try await self.pins.withExclusiveWhenFree(on: record.id) {
                guard try self.isStill(record) else { return false }
                try self.health.requireWritable()
                try install()
                let isKept = try await self.commit(form, insteadOf: record, task.target)
                // Readers that have the old form open keep it.
                self.removeUnnamed(record.id, isKept ? task.content.encoding : task.target)
                return isKept
            }
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
                self.removeUnnamed(record.id, target)
            } catch {
                // Both files stay until the next start finds out.
                self.leaveForSweep(record.id, error)
            }
            throw error
        }
    }

    /// Removes a form that nothing names; where that fails, the next start does.
    ///
    /// The content is kept in the other form, whatever becomes of this.
    private func removeUnnamed(_ blob: BlobID, _ encoding: BlobEncoding) {
        do {
            try self.blobs.remove(blob, encoding: encoding)
        } catch {
            self.health.note(error)
            self.leaveForSweep(blob, error)
        }
    }

    private func leaveForSweep(_ blob: BlobID, _ error: any Error) {
        self.lock.markUnclean()
        self.logger.error(
            "bytes that nothing names could not be removed",
            metadata: ["purser.blob.sha256": "\(blob)", "purser.error": "\(error)"]
        )
    }
}
