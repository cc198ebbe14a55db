import Synchronization

extension PerformanceMonitor {
    /// Everything behind the baselines, to be kept across a restart.
    ///
    /// Metrics that were not recorded since an hour, counted from 1970, are left out.
    func baselineDocument(since oldest: Int64) -> BaselineDocument {
        var document = self.dormant.withLock { $0 }
        document.metrics = document.metrics.filter { $0.value.updated >= oldest }
        for recorder in self.recorders {
            document.metrics[recorder.name] = BaselineDocument.Entry(recorder.reservoir())
        }
        return document
    }

    /// Takes up what was kept across a restart; what is recorded already stays.
    func restore(_ document: BaselineDocument) {
        var unseen = document
        for recorder in self.recorders {
            if let entry = unseen.metrics.removeValue(forKey: recorder.name) { recorder.restore(entry) }
        }
        let wellFormed = unseen.metrics.filter { MetricName.isWellFormed($0.key) }
            .sorted { $0.key < $1.key }.prefix(self.configuration.maxUserMetrics)
        unseen.metrics = Dictionary(uniqueKeysWithValues: wellFormed.map { ($0.key, $0.value) })
        self.dormant.withLock { $0 = unseen }
    }
}
