import Foundation

/// The values behind all baselines, as they are kept across restarts.
///
/// JSON: `{"version":1,"metrics":{NAME:{"updated":HOUR,"hours":{"0":BASE64,…,"23":…}}}}`. `HOUR` counts from 1970;
/// `BASE64` are numbers of 32 bits (IEEE 754, little-endian), the oldest first.
struct BaselineDocument: Codable {
    /// What is kept of one metric.
    struct Entry: Codable {
        var updated: Int64
        var hours: [String: Data] = [:]
    }

    var version = 1
    var metrics: [String: Entry] = [:]

    init() {}

    /// Reads a document; `nil` where it is none of this version.
    init?(_ text: String) {
        // Whatever is wrong with it: baselines then begin anew, which is no reason not to start.
        guard let document = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)), document.version == 1 else {
            return nil
        }
        self = document
    }

    /// The document as JSON.
    ///
    /// One metric is encoded at a time: the encoder takes many times the memory of what it encodes. Names of metrics
    /// need no escaping.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let entries = try self.metrics.sorted { $0.key < $1.key }.map { name, entry in
            "\"\(name)\":" + String(decoding: try encoder.encode(entry), as: UTF8.self)
        }
        return "{\"metrics\":{\(entries.joined(separator: ","))},\"version\":\(self.version)}"
    }
}

extension BaselineDocument.Entry {
    /// What a metric has at the moment; `nil` where nothing was ever seen.
    init?(_ reservoir: HourlyReservoir) {
        self.init(updated: reservoir.currentHour)
        for hour in 0..<24 {
            let values = reservoir.values(hourOfDay: hour)
            guard !values.isEmpty else { continue }
            self.hours[String(hour)] = Data(
                values.flatMap { value in
                    withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
                }
            )
        }
        if self.hours.isEmpty { return nil }
    }

    /// Gives the values to a metric; what is damaged is left out.
    func restore(to reservoir: inout HourlyReservoir) {
        for (name, data) in self.hours {
            guard let hour = Int(name), (0..<24).contains(hour) else { continue }
            let bytes = [UInt8](data)
            let values = stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { offset in
                Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) })
            }
            reservoir.restore(values, hourOfDay: hour)
        }
    }
}
