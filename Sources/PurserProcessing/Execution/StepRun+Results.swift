import Logging
import PurserCatalog
import PurserIdentifiers

extension StepRun {
    /// The result of the step: noted or kept before, or made now.
    func result() async -> StepTried {
        if let noted = await self.noted() { return .done(noted) }
        guard let cache = self.execution.cache, let key = await self.key() else { return await self.make() }
        do {
            return try await cache.flights.run(key) {
                if let kept = await self.restore(key, from: cache) { return .done(kept) }
                let tried = await self.tries()
                guard case .done(var result) = tried else { return tried }
                result.digest = await self.keep(result.output, as: key, in: cache)
                return .done(result)
            }
        } catch {
            return .cancelled
        }
    }

    /// Makes a result that is of no use to another file, and notes it.
    private func make() async -> StepTried {
        let tried = await self.tries()
        guard case .done(var result) = tried else { return tried }
        let noted = await self.note(result.output)
        if let noted {
            result.digest = noted
        } else {
            result.digest = await self.execution.cache?.digest(of: result.output)
        }
        return .done(result)
    }

    private func restore(_ key: ResultKey, from cache: ResultCache) async -> StepResult? {
        let folder = self.folder("kept")
        do {
            try await self.execution.disk.makeFolder(folder)
        } catch {
            // The tries will meet it, too, and tell.
            return nil
        }
        guard let kept = await cache.restore(key, to: folder) else { return nil }
        return StepResult(output: kept.output, digest: kept.digest, attempts: 0, isCached: true)
    }

    private func keep(_ output: StepOutput, as key: ResultKey, in cache: ResultCache) async -> BlobID? {
        await cache.keep(output, as: key, of: self.execution.pipeline.name, for: self.input.content)
    }

    /// What the journal has of the step; `nil` where it has nothing, or the files are gone.
    private func noted() async -> StepResult? {
        guard let journal = self.file.journal, let output = journal.finished[self.step.name] else { return nil }
        guard !output.files.isEmpty else {
            let digest = ResultDocument(output, []).digest
            return StepResult(output: output, digest: digest, attempts: 0, isCached: true)
        }
        guard let cache = self.execution.cache else { return nil }
        return await self.restore(self.key(in: journal), from: cache)
    }

    /// Notes a result that is not kept otherwise.
    ///
    /// - Returns: Its digest; `nil` where its files were not kept.
    private func note(_ output: StepOutput) async -> BlobID? {
        guard self.step.work.cacheIdentity == nil, let journal = self.file.journal else { return nil }
        var digest: BlobID?
        if !output.files.isEmpty {
            // Without its files, a result is made again after a restart.
            guard let cache = self.execution.cache else { return nil }
            digest = await self.keep(output, as: self.key(in: journal), in: cache)
        }
        do {
            try await journal.note(self.step.name, output)
        } catch {
            // Done is done: after a restart it is done again.
            self.execution.logger.warning(
                "step not noted",
                metadata: ["purser.step": "\(self.step.name)", "purser.error": "\(error)"]
            )
        }
        return digest
    }

    /// Names what the step makes of the file; `nil` where that is of no use to another file, or depends on something
    /// that cannot be told.
    private func key() async -> ResultKey? {
        guard let identity = self.step.work.cacheIdentity else { return nil }
        let pipeline = self.execution.pipeline
        var print = Fingerprint("purser result 1")
        print.add(self.input.content)
        print.add(self.input.contentType)
        for text in [pipeline.name, pipeline.version, self.step.name, self.step.uses, identity] { print.add(text) }
        print.add(self.step.with)
        print.add(self.input.parameters)
        for tool in self.step.work.tools.sorted(by: { $0.program < $1.program }) {
            // Where it is missing, the step says so.
            guard let found = try? await self.execution.runner.toolbox.find(tool) else { return nil }
            print.add(tool.program)
            print.add(found.version)
        }
        for name in self.input.earlier.keys.sorted() {
            guard let digest = self.digests[name] else { return nil }
            print.add(name)
            print.add(digest)
        }
        return ResultKey(print.finish())
    }

    /// Names what the step has made for this file of this job alone.
    private func key(in journal: StepJournal) -> ResultKey {
        var print = Fingerprint("purser item 1")
        for text in [journal.item, self.execution.pipeline.name, self.step.name] { print.add(text) }
        return ResultKey(print.finish())
    }
}
