import Logging

extension StepRun {
    /// The result of the step: noted before, or made now.
    func result() async -> StepTried {
        if let noted = self.file.journal?.finished[self.step.name] {
            return .done(StepResult(output: noted, attempts: 0, isCached: true))
        }
        let tried = await self.tries()
        if case .done(let result) = tried { await self.note(result.output) }
        return tried
    }

    /// Notes a result that is not kept otherwise.
    private func note(_ output: StepOutput) async {
        guard self.step.work.cacheIdentity == nil, let journal = self.file.journal else { return }
        do {
            try await journal.note(self.step.name, output)
        } catch {
            // Done is done: after a restart it is done again.
            self.execution.logger.warning(
                "step not noted",
                metadata: ["purser.step": "\(self.step.name)", "purser.error": "\(error)"]
            )
        }
    }
}
