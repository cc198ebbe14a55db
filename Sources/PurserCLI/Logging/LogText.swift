import Foundation

/// Texts as lines of the log have them: whatever they hold, a line stays a line.
enum LogText {
    /// A text without line feeds and other control characters.
    static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: self.isControl) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            line += self.isControl(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        return line
    }

    /// The value of a `name=value` pair: in quotes where it would not end at the next blank.
    static func pairValue(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x3d }
        return isPlain ? text : self.jsonString(text)
    }

    /// A JSON string (RFC 8259 §7).
    static func jsonString(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c && $0 != 0x7f }
        guard !isPlain else { return "\"\(text)\"" }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where self.isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    }
}

/// The time at the start of a line.
enum LogTime {
    /// RFC 3339 in UTC with milliseconds; by the C library, as it is part of every line.
    static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var fields = tm()
        gmtime_r(&time.tv_sec, &fields)
        let milliseconds = time.tv_nsec / 1_000_000
        return String(unsafeUninitializedCapacity: 32) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { room in
                var count = strftime(room.baseAddress, room.count, "%Y-%m-%dT%H:%M:%S.000Z", &fields)
                if count == 24 {
                    room[20] = CChar(48 + milliseconds / 100)
                    room[21] = CChar(48 + milliseconds / 10 % 10)
                    room[22] = CChar(48 + milliseconds % 10)
                } else {
                    count = 0
                }
                return count
            }
        }
    }
}
