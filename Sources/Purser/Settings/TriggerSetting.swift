import Foundation
import PurserOperations
import PurserProcessing

/// A job that starts by itself, as files have it: on a schedule where it has one, else with each upload.
struct TriggerSetting: ListSetting {
    var name: String
    var pipeline: String
    var bucket: BucketSetting?
    var prefix: String?
    var types: [String]?
    var schedule: String?
    var timeZone: String?
    var parameters: [String: StepValue]?
    var priority: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, pipeline, bucket, prefix, types, schedule, parameters, priority
        case timeZone = "time_zone"
    }

    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.name = try container.decode(String.self, forKey: .name)
        self.pipeline = try container.decode(String.self, forKey: .pipeline)
        self.bucket = try container.decodeIfPresent(BucketSetting.self, forKey: .bucket)
        self.prefix = try container.decodeIfPresent(String.self, forKey: .prefix)
        self.types = try container.decodeIfPresent([String].self, forKey: .types)
        self.schedule = try container.decodeIfPresent(String.self, forKey: .schedule)
        self.timeZone = try container.decodeIfPresent(String.self, forKey: .timeZone)
        self.parameters = try container.decodeIfPresent([String: StepValue].self, forKey: .parameters)
        self.priority = try container.decodeIfPresent(String.self, forKey: .priority)
        func refuse(_ key: CodingKeys, _ takes: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: container, debugDescription: takes)
        }
        if let schedule, ScheduleText.parse(schedule) == nil { throw refuse(.schedule, ScheduleText.takes) }
        if let timeZone, TimeZone(identifier: timeZone) == nil {
            throw refuse(.timeZone, "a time zone such as Europe/Berlin, got '\(timeZone)'")
        }
        if let priority, OperationPriority(name: priority) == nil {
            throw refuse(.priority, "one of \(OperationPriority.names), got '\(priority)'")
        }
    }

    var trigger: ProcessingTrigger {
        let zone = self.timeZone.flatMap { TimeZone(identifier: $0) } ?? .current
        return ProcessingTrigger(
            name: self.name,
            event: self.schedule.flatMap(ScheduleText.parse).map { .schedule($0, zone) } ?? .upload,
            pipeline: self.pipeline,
            bucket: self.bucket?.name ?? .default,
            prefix: self.prefix ?? "",
            types: self.types ?? [],
            parameters: self.parameters ?? [:],
            priority: self.priority.flatMap { OperationPriority(name: $0) } ?? .batch
        )
    }
}

/// Schedules as settings write them.
enum ScheduleText {
    static let takes = "a cron expression such as '0 3 * * *', or an interval such as 6h, at least 60s"

    /// Reads a schedule; `nil` where the text is none.
    static func parse(_ text: String) -> Schedule? {
        if let interval = DurationText.parse(text) { return interval >= .seconds(60) ? .interval(interval) : nil }
        // What is no cron expression is refused with what it takes.
        return (try? CronExpression(text)).map { .cron($0) }
    }
}

extension OperationPriority {
    /// What they are called, for people.
    package static var names: String { Self.allCases.map { "\($0)" }.joined(separator: ", ") }

    /// A class by its name: `interactive`, `batch` or `background`; `nil` where there is none of that name.
    package init?(name: String) {
        guard let priority = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
        self = priority
    }
}
