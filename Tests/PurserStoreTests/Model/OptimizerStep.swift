import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOptimizer
import PurserStore
import PurserTestSupport

/// A run of the optimizer as a step of a history: what is asked for, and which files have to go.
///
/// What goes is worked out apart from the code under test, from the listing alone.
struct OptimizerStep {
    var strategies: Set<StrategyName>
    var configuration = OptimizerConfiguration()
    /// Keys that have gone when the run has ended.
    private(set) var going: Set<String> = []

    /// Asks for nothing, with the settings that a run which was cut off goes on with.
    init(_ strategies: Set<StrategyName> = []) {
        self.strategies = strategies
        self.configuration.minAge = .zero
        self.configuration.throttle.bytesPerSecond = nil
        self.configuration.throttle.cpuShare = nil
        self.configuration.sizeLimit.order = .oldest
    }

    /// Asks for some strategies, with limits that some of the files of a store exceed.
    init(choosing random: inout SeededGenerator, in store: OpenStore) throws {
        let chosen = StrategyName.allCases.filter { _ in Bool.random(using: &random) }
        self.init(chosen.isEmpty ? [.age, .sizeLimit] : Set(chosen))
        self.configuration.compression.codec = Bool.random(using: &random) ? "zstd" : "gzip"
        let files = try store.files.list(ListRequest(bucket: .default)).files.filter { $0.metadata["pin"] != "true" }
        let all = try store.files.list(ListRequest(bucket: .default)).files
        if self.strategies.contains(.age) {
            self.chooseAge(files, at: store.folder.time.now(), &random)
        }
        if self.strategies.contains(.sizeLimit) {
            self.chooseLimit(files, of: all.filter { !self.going.contains($0.key.text) })
        }
    }

    private mutating func chooseAge(_ files: [FileRecord], at now: Date, _ random: inout SeededGenerator) {
        let ages = files.map { now.timeIntervalSince($0.modifiedAt) }
        // Far enough from every age that it does not matter how long the run takes to come to it.
        var limit = Double(Int.random(in: 300..<3_000, using: &random))
        while ages.contains(where: { abs($0 - limit) < 5 }) { limit += 1 }
        self.configuration.age.maxFileAge = .seconds(limit)
        self.going.formUnion(zip(files, ages).filter { $0.1 > limit }.map(\.0.key.text))
    }

    /// - Parameters:
    ///   - files: Files that are not pinned.
    ///   - all: Files that no other strategy removes.
    private mutating func chooseLimit(_ files: [FileRecord], of all: [FileRecord]) {
        let sizes = Dictionary(all.map { ($0.blob, $0.storedSize) }) { size, _ in size }
        let used = sizes.values.reduce(0, +)
        self.configuration.sizeLimit.maxStorageSize = max(1, used / 3 * 2)
        self.configuration.sizeLimit.lowMark = used / 2
        guard used > max(1, used / 3 * 2) else { return }
        var left = used - used / 2
        var names = Dictionary(grouping: all, by: \.blob).mapValues(\.count)
        var turned: [BlobID: [String]] = [:]
        let candidates = files.filter { !self.going.contains($0.key.text) }
        for file in candidates.sorted(by: { $0.modifiedAt < $1.modifiedAt }) where left > 0 {
            turned[file.blob, default: []].append(file.key.text)
            names[file.blob, default: 0] -= 1
            guard names[file.blob] == 0, file.storedSize > 0 else { continue }
            self.going.formUnion(turned[file.blob, default: []])
            left -= file.storedSize
        }
    }
}
