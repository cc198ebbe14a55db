import Foundation
import Synchronization

/// One metric, with the lock around what is kept of it.
///
/// The lock is held for some hundred nanoseconds by who records, and for some ten microseconds by who reads a window.
final class MetricRecorder: Sendable {
    let name: String
    let unit: MetricUnit
    private let state: Mutex<MetricState>

    init(name: String, unit: MetricUnit, ring: SampleRing, tags: TagTable) {
        self.name = name
        self.unit = unit
        self.state = Mutex(MetricState(unit: unit, ring: ring, tags: tags))
    }

    /// Takes a sample of a subject, or of none.
    func record(_ value: Double, at time: Int64, subject: String?) {
        self.state.withLock { state in
            let tags = subject.map { state.tags.number(ofSubject: $0) } ?? TagTable.none
            state.record(value, at: time, arrival: time, tags: tags)
        }
    }

    /// Takes a sample with any tags, and keeps its context.
    func record(_ value: Double, at time: Int64, arrival: Int64, tags: MetricTags, context: [String: String]) {
        self.state.withLock { state in
            state.record(value, at: time, arrival: arrival, tags: state.tags.number(of: tags))
            guard !context.isEmpty else { return }
            let newest = state.ring.sequence - 1
            state.contexts.add(context, of: newest, oldest: state.ring.sequence - UInt64(state.ring.count))
        }
    }

    /// The samples of a stretch of time: after its start, up to and including its end.
    func window(after: Int64, through: Int64, seconds: Double) -> WindowReading {
        self.state.withLock { state in
            WindowReading(
                samples: state.ring.samples(after: after, through: through),
                subjects: state.tags.subjects,
                subjectOfSet: state.tags.subjectOfSet,
                seconds: seconds
            )
        }
    }

    /// What it came to.
    ///
    /// `spare` is an empty histogram of the same unit: a copy of the metric's own would make its next sample copy all its
    /// counts.
    func summary(hourOfDay: Int, spare: inout ValueHistogram) -> MetricSummary {
        self.state.withLock { state in
            state.addValues(to: &spare)
            return MetricSummary(name: self.name, state: state, hourOfDay: hourOfDay, values: spare)
        }
    }

    /// The samples that came last, the newest first.
    func latest(_ count: Int) -> [MetricSample] {
        self.state.withLock { state in
            let contexts = state.contexts.contexts
            return state.ring.latest(count).map { sequence, sample in
                MetricSample(
                    metric: self.name,
                    value: sample.value,
                    tags: state.tags.sets[Int(sample.tags)].dictionary,
                    context: contexts[sequence] ?? [:],
                    timestamp: Date(milliseconds: sample.time)
                )
            }
        }
    }

    /// What is usual for it at each hour of the day at which anything was seen.
    func baselines() -> [Baseline] {
        let reservoir = self.reservoir()
        return (0..<24).compactMap { reservoir.baseline(hourOfDay: $0) }
    }

    /// A copy of the values behind the baselines.
    func reservoir() -> HourlyReservoir { self.state.withLock { $0.baseline } }

    /// Gives back the values that were kept across a restart.
    func restore(_ entry: BaselineDocument.Entry) {
        self.state.withLock { entry.restore(to: &$0.baseline) }
    }

    /// Takes what minutes came to that are over.
    func takeMinutes(before minute: Int64, includingCurrent: Bool) -> [MinuteFigures] {
        self.state.withLock { $0.takeMinutes(before: minute, includingCurrent: includingCurrent) }
    }

    /// Samples that lost their tags, and contexts that went before their samples.
    func losses() -> (foldedTagSets: UInt64, contexts: UInt64) {
        self.state.withLock { ($0.tags.folded, $0.contexts.dropped) }
    }
}
