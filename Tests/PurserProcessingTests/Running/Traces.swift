import Foundation

/// What a run may have left behind in the system.
enum Traces {
    /// Processes that carry a word on their command line or in their environment, and have not ended.
    ///
    /// - Parameter word: Something that nobody else has, such as the path of a test's folder.
    /// - Returns: Their numbers.
    static func processes(with word: String) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            guard process != getpid(), !Self.isZombie(process) else { return false }
            return ["cmdline", "environ"].contains { file in
                guard let content = FileManager.default.contents(atPath: "/proc/\(process)/\(file)") else {
                    return false
                }
                return content.range(of: Data(word.utf8)) != nil
            }
        }
    }

    /// Children of this process that have ended and that nobody has waited for, among some.
    static func isZombie(_ process: Int32) -> Bool {
        guard let content = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
        let text = String(decoding: content, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return false }
        return text[end...].dropFirst(2).first == "Z"
    }
}
