import Configuration
public import Foundation
import SystemPackage

/// Reads settings from their sources, and remembers what was asked for, so that what nobody asked for can be refused.
///
/// Later wins: defaults, the YAML file, the environment (`PURSER_` and the key in capitals, dots as underscores), flags.
/// Not for use by several tasks at a time.
public final class SettingsReader {
    /// A setting as it is in force.
    public struct Effective: Sendable {
        /// The dotted key.
        public var key: String
        /// The value, in the form that a file takes; it may hold secrets.
        public var text: String
        /// The same with its secrets left out, which no file takes then.
        public var publicText: String
        /// Whether it differs from what is built in.
        public var isDefault: Bool
    }

    private let reader: ConfigReader
    private let file: SettingsFile?
    private let fileName: String
    private let environment: [String: String]
    private let flags: [String: String]
    private var problems: [SettingsError.Problem] = []

    /// Settings asked for so far, in that order.
    public private(set) var effective: [Effective] = []

    /// Opens the sources.
    ///
    /// - Parameters:
    ///   - path: The YAML file; `nil` for none.
    ///   - environment: The process's environment.
    ///   - flags: Dotted keys and values from the command line.
    /// - Throws: ``SettingsError`` where the file cannot be read or is not YAML.
    public init(
        file path: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        flags: [String: String] = [:]
    ) async throws {
        self.environment = environment
        self.flags = flags
        self.fileName = path ?? ""
        var providers: [any ConfigProvider] = [
            Self.provider("flags", flags),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "purser"),
        ]
        if let path {
            do {
                let text = try String(contentsOfFile: path, encoding: .utf8)
                let file = try SettingsFile(text: text, name: path)
                self.file = file
                providers.append(Self.provider("file", file.entries.compactMapValues(\.text)))
            } catch let error as SettingsError {
                throw error
            } catch {
                throw SettingsError([.init(key: path, message: "it cannot be read: \(error.localizedDescription)")])
            }
        } else {
            self.file = nil
        }
        self.reader = ConfigReader(providers: providers)
    }

    private static func provider(_ name: String, _ values: [String: String]) -> InMemoryProvider {
        InMemoryProvider(
            name: name,
            values: Dictionary(
                uniqueKeysWithValues: values.map { key, value in
                    (AbsoluteConfigKey(ConfigKey(key)), ConfigValue(.string(value), isSecret: false))
                }
            )
        )
    }

    /// Reads a setting.
    ///
    /// - Parameters:
    ///   - key: The dotted key.
    ///   - fallback: What holds where no source has it.
    ///   - accepts: What it takes, for people.
    ///   - write: The form that a file takes.
    ///   - parse: Reads that form; `nil` where the text is none.
    ///   - redact: Leaves the secrets of a value out; nobody is shown a text that cannot be used, either.
    /// - Returns: The value in force; the built-in one where a source has a value that cannot be used, which is then a
    ///   problem that ``finish(ignoring:)`` reports.
    public func read<Value>(
        _ key: String,
        default fallback: Value,
        accepts: String,
        write: (Value) -> String,
        parse: (String) -> Value?,
        redact: ((Value) -> Value)? = nil
    ) -> Value {
        var value = fallback
        var isDefault = true
        if let text = self.text(key, accepts: accepts) {
            if let parsed = parse(text) {
                value = parsed
                isDefault = false
            } else {
                self.refuse(key, got: redact == nil ? text : "\(text.utf8.count) bytes", accepts: accepts)
            }
        }
        let (text, publicText) = (write(value), write(redact?(value) ?? value))
        self.effective.append(Effective(key: key, text: text, publicText: publicText, isDefault: isDefault))
        return value
    }

    private func text(_ key: String, accepts: String) -> String? {
        do {
            return try self.reader.requiredString(forKey: ConfigKey(key))
        } catch {
            // Missing everywhere, or of a wrong kind in the file.
            guard let entry = self.file?.entries[key] else { return nil }
            self.refuse(key, got: entry.list == nil ? "\(error)" : "a list", accepts: accepts)
            return nil
        }
    }

    /// Reads a list; each of its elements is a mapping.
    ///
    /// In the file it is written as YAML has lists; in the environment and on the command line as YAML on one line, such
    /// as `[{name: a, url: b}]`.
    ///
    /// - Parameters:
    ///   - key: The dotted key.
    ///   - type: What an element is; its stored coding keys are the fields that there may be.
    /// - Returns: The elements; none where no source has the list, or one has it wrong, which is then a problem.
    func list<Element: ListSetting>(_ key: String, of type: Element.Type) -> [Element] {
        let inline = self.flags[key] ?? self.environment[Self.environmentName(of: key)]
        var elements: [Element] = []
        do {
            if let inline {
                elements = try ListReader.read(inline, key: key)
            } else if let node = self.file?.entries[key]?.list {
                elements = try ListReader.read(node, key: key)
            } else if let text = self.text(key, accepts: "a list") {
                // As `purser config` prints it.
                elements = try ListReader.read(text, key: key)
            }
        } catch {
            self.refuse(error.key, got: error.got, accepts: error.takes)
        }
        self.effective.append(
            Effective(
                key: key,
                text: ListReader.write(elements),
                publicText: ListReader.write(elements.map(\.redacted)),
                isDefault: elements.isEmpty
            )
        )
        return elements
    }

    /// The names that stand in some source right below a key, with settings of their own below them.
    ///
    /// - Parameters:
    ///   - key: The dotted key.
    ///   - fields: The settings below a name, by which a variable's name is taken apart; a name that a variable has is of
    ///     lower-case letters, digits and `_`.
    /// - Returns: The names, in their order.
    func names(below key: String, fields: [String] = []) -> [String] {
        let prefix = key + "."
        let keys = Array(self.file?.entries.keys ?? [:].keys) + Array(self.flags.keys)
        let names = keys.filter { $0.hasPrefix(prefix) }.compactMap {
            $0.dropFirst(prefix.count).split(separator: ".").first.map(String.init)
        }
        let start = Self.environmentName(of: key) + "_"
        let variables = self.environment.keys.filter { $0.hasPrefix(start) }.flatMap { variable in
            fields.map { "_" + Self.environmentName(of: $0).dropFirst("PURSER_".count) }
                .filter { variable.hasSuffix($0) && variable.count > start.count + $0.count }
                .map { variable.dropFirst(start.count).dropLast($0.count).lowercased() }
        }
        return Set(names + variables).sorted()
    }

    /// Notes that a value cannot be used.
    ///
    /// - Parameters:
    ///   - key: The dotted key; of an element of a list with its place, such as `monitor.alerts.rules[2].window`.
    ///   - text: The value.
    ///   - accepts: What it takes, for people.
    public func refuse(_ key: String, got text: String, accepts: String) {
        let place: String
        let found = key
        let key = String(key.prefix { $0 != "[" && $0 != " " })
        defer { self.problems.append(.init(key: found, message: "got '\(text)' (\(place)); it takes \(accepts)")) }
        if self.flags[key] != nil {
            place = "from the command line"
        } else if self.environment[Self.environmentName(of: key)] != nil {
            place = "from \(Self.environmentName(of: key))"
        } else if let line = self.file?.entries[key]?.line {
            place = "from \(self.fileName), line \(line)"
        } else {
            place = "built in"
        }
    }

    /// Notes that something which a setting names cannot be used.
    ///
    /// - Parameter problem: Where it is, and what is wrong there.
    func report(_ problem: SettingsError.Problem) {
        self.problems.append(problem)
    }

    /// The folder of the file; `nil` where there is no file.
    var folder: String? {
        guard !self.fileName.isEmpty else { return nil }
        let folder = FilePath(self.fileName).removingLastComponent().string
        return folder.isEmpty ? "." : folder
    }

    /// The variable that sets a key.
    public static func environmentName(of key: String) -> String {
        "PURSER_" + key.uppercased().replacing(".", with: "_")
    }

    /// Names of variables that look like settings and are none.
    ///
    /// They are worth a warning, not a refusal: machines set variables of their own under such names.
    public var unknownVariables: [String] {
        let known = Set(self.effective.map { Self.environmentName(of: $0.key) } + ["PURSER_SERVER", "PURSER_CONFIG"])
        return self.environment.keys.filter { $0.hasPrefix("PURSER_") && !known.contains($0) }.sorted()
    }

    /// Ends the reading.
    ///
    /// - Parameter prefixes: Keys that somebody else reads.
    /// - Throws: ``SettingsError`` with every problem met, and every key that nobody asked for.
    public func finish(ignoring prefixes: [String] = []) throws {
        let known = Set(self.effective.map(\.key))
        func isUnknown(_ key: String) -> Bool {
            !known.contains(key) && !prefixes.contains(where: key.hasPrefix)
        }
        for (key, entry) in (self.file?.entries ?? [:]).sorted(by: { $0.value.line < $1.value.line })
        where isUnknown(key) {
            let message =
                "there is no such setting (\(self.fileName), line \(entry.line))\(Self.suggestion(for: key, known))"
            self.problems.append(.init(key: key, message: message))
        }
        for key in self.flags.keys.sorted() where isUnknown(key) {
            let message = "there is no such setting (from the command line)\(Self.suggestion(for: key, known))"
            self.problems.append(.init(key: key, message: message))
        }
        guard self.problems.isEmpty else { throw SettingsError(self.problems) }
    }

    private static func suggestion(for key: String, _ known: Set<String>) -> String {
        guard let last = key.split(separator: ".").last else { return "" }
        let near = known.filter { $0.hasSuffix(".\(last)") || $0.hasPrefix("\(key).") }.sorted().prefix(3)
        return near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
    }
}
