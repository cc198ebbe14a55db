import Foundation
import Logging
import PurserProcessing

extension PipelineHost {
    /// Ends the programs that a process left when it was killed itself; before any is started.
    func endLeftovers() async {
        let count = await self.runner.toolbox.endLeftovers()
        guard count > 0 else { return }
        self.logger.notice("programs of a killed process were ended", metadata: ["purser.count": "\(count)"])
    }

    /// Keeps the programs of resident steps running, and the kept results within their bounds, until the task is
    /// cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.cache.run() }
            group.addTask { await self.serveResidents() }
            try await group.waitForAll()
        }
    }

    private func serveResidents() async {
        let residents = self.library.pipelines.flatMap { self.residents(of: $0) }
        guard !residents.isEmpty else { return }
        await withDiscardingTaskGroup { group in
            for (number, resident) in residents.enumerated() {
                guard let folder = self.makeFolder(number) else { continue }
                group.addTask { await resident.step.serve(in: folder, limits: resident.limits, with: self.runner) }
            }
        }
    }

    /// A folder for the workers of a step; emptied, as all scratch files are, when the store is opened.
    private func makeFolder(_ number: Int) -> String? {
        let folder = "\(self.workerFolder)/\(number)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            return folder
        } catch {
            self.logger.error("workers got no folder", metadata: ["purser.error": "\(error)"])
            return nil
        }
    }
}
