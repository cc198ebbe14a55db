import Foundation
import PurserCatalog
import PurserOperations
import PurserStore

/// Finds out from the catalog alone what the strategies would work on: a look, not a prediction of what they win.
///
/// Reads pages one after another and holds one of them, so that a million files take seconds and little memory.
struct Plan {
    private static let page = 1_000

    let configuration: OptimizerConfiguration
    let store: FileStore
    let hasEncoder: Bool
    let now: Date

    private var catalog: Catalog { self.store.catalog }

    /// What a strategy would find if it was asked for, whether runs that name none have it or not.
    ///
    /// - Parameters:
    ///   - strategy: The strategy.
    ///   - progress: Called after each page; what it throws ends the look.
    /// - Returns: Files, or contents, and their bytes as kept.
    /// - Throws: `CatalogError`; what `progress` throws.
    func candidates(for strategy: StrategyName, progress: () throws -> Void) throws -> CandidateFigures {
        switch strategy {
        case .age: try self.age(progress)
        case .sizeLimit: try self.sizeLimit(progress)
        case .deduplication: try self.duplicates(progress)
        case .compression: try self.unencoded(progress)
        case .collection: try self.collectable()
        case .verification: try self.due()
        }
    }

    private func age(_ progress: () throws -> Void) throws -> CandidateFigures {
        let policy = self.configuration.age
        guard let shortest = policy.shortestAge else { return CandidateFigures() }
        var figures = CandidateFigures()
        var position: CandidatePosition?
        repeat {
            let page = try self.catalog.filesByModification(
                before: self.now - shortest.inSeconds,
                after: position,
                limit: Self.page
            )
            position = page.next
            for file in page.files where try policy.reason(for: file, at: self.now) != nil {
                guard try self.mayGo(file) else { continue }
                figures.add(file)
            }
            try progress()
        } while position != nil
        return figures
    }

    private func sizeLimit(_ progress: () throws -> Void) throws -> CandidateFigures {
        let policy = self.configuration.sizeLimit
        var figures = CandidateFigures()
        let forecast = Forecast(countingIn: policy.limitedBuckets, of: self.catalog)
        for number in 0..<policy.limits {
            guard let excess = try policy.excess(number, in: self.catalog, after: forecast) else { continue }
            var choice = SizeLimitChoice(
                excess,
                policy,
                writtenUntil: self.now - self.configuration.minAge.inSeconds,
                in: self.catalog,
                after: forecast
            )
            var left = excess.bytes
            while left > 0 {
                let files = try choice.next(limit: Self.page)
                guard !files.isEmpty else { break }
                for file in files where left > 0 {
                    guard try choice.isAbout(file), try self.mayGo(file) else { continue }
                    let won = try choice.take(file)
                    guard won > 0 else { continue }
                    left -= won
                    try self.count(choice, file, after: forecast, &figures)
                    // Only the limits that follow have to know what is gone then.
                    if number < policy.limits - 1 { try self.choose(choice, file, forecast) }
                }
                try progress()
            }
        }
        return figures
    }

    /// Counts the names that go with a file, and have not gone before.
    private func count(
        _ choice: SizeLimitChoice,
        _ file: FileCandidate,
        after forecast: Forecast,
        _ figures: inout CandidateFigures
    ) throws {
        var last: FileCandidate?
        repeat {
            let (names, next) = try choice.names(with: file, after: last)
            for name in names where !forecast.contains(name) { figures.add(name) }
            last = next
        } while last != nil
    }

    private func choose(_ choice: SizeLimitChoice, _ file: FileCandidate, _ forecast: Forecast) throws {
        var last: FileCandidate?
        repeat {
            let (names, next) = try choice.names(with: file, after: last)
            for name in names { _ = try forecast.remove(name) }
            last = next
        } while last != nil
    }

    private func duplicates(_ progress: () throws -> Void) throws -> CandidateFigures {
        let totals = try self.catalog.totals()
        try progress()
        return CandidateFigures(
            files: totals.files - totals.blobs,
            bytes: totals.logicalBytes - totals.distinctBytes
        )
    }

    private func unencoded(_ progress: () throws -> Void) throws -> CandidateFigures {
        guard self.hasEncoder else { return CandidateFigures() }
        let policy = self.configuration.compression
        var figures = CandidateFigures()
        var row: Int64 = 0
        while true {
            let page = try self.catalog.unencodedBlobs(
                after: row,
                minSize: policy.minSize,
                policy: policy.verdict,
                limit: Self.page
            )
            guard let last = page.last else { return figures }
            figures.files += Int64(page.count)
            figures.bytes += page.reduce(0) { $0 + $1.record.storedSize }
            row = last.row
            try progress()
        }
    }

    private func collectable() throws -> CandidateFigures {
        let retired = try self.catalog.retiredFigures(before: self.store.collectLimit)
        return CandidateFigures(files: retired.blobs, bytes: retired.bytes)
    }

    private func due() throws -> CandidateFigures {
        let totals = try self.catalog.totals()
        let progress = try self.catalog.note(VerificationProgress.name).flatMap {
            try? JSONDecoder().decode(VerificationProgress.self, from: Data($0.utf8))  // begun anew where unreadable
        }
        let bytes = (progress ?? VerificationProgress()).dueBytes(
            of: totals.physicalBytes - totals.reclaimableBytes,
            period: self.configuration.verification.period,
            at: self.now
        )
        let share = Double(bytes) / Double(max(1, totals.physicalBytes))
        return CandidateFigures(files: Int64((Double(totals.blobs) * share).rounded(.up)), bytes: bytes)
    }

    private func mayGo(_ file: FileCandidate) throws -> Bool {
        try self.now.timeIntervalSince(file.modifiedAt) >= self.configuration.minAge.inSeconds && !file.isPinned()
    }
}

extension CandidateFigures {
    fileprivate mutating func add(_ file: FileCandidate) {
        self.files += 1
        self.bytes += file.storedSize
    }
}
