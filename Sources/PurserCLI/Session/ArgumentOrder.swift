import ArgumentParser

/// Lets options that all commands take stand before the command too: `purser --json ls` is `purser ls --json`.
enum ArgumentOrder {
    private static let flags: Set = ["--json", "--quiet", "-q"]
    private static let options: Set = ["--server", "--storage", "--config", "--set", "--bucket", "-b"]

    /// Moves leading options behind the names of the commands.
    ///
    /// - Parameters:
    ///   - arguments: What stands on the command line, without the program's name.
    ///   - root: The command at the top.
    /// - Returns: The arguments as the commands take them.
    static func normalized(_ arguments: [String], root: any ParsableCommand.Type = PurserCommand.self) -> [String] {
        var names: [String] = []
        var moved: [String] = []
        var rest = arguments[...]
        var command = root
        while let argument = rest.first {
            if let next = command.configuration.subcommands.first(where: { $0._commandName == argument }) {
                command = next
                names.append(argument)
            } else if self.flags.contains(argument) || self.isJoined(argument) {
                moved.append(argument)
            } else if self.options.contains(argument), rest.count > 1 {
                moved.append(argument)
                rest = rest.dropFirst()
                moved.append(contentsOf: rest.prefix(1))
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        // Without a command there is nothing behind which they could stand.
        return names.isEmpty ? arguments : names + moved + rest
    }

    /// Whether the argument is an option with its value, such as `--server=URL`.
    private static func isJoined(_ argument: String) -> Bool {
        guard let equals = argument.firstIndex(of: "=") else { return false }
        return self.options.contains(String(argument[..<equals]))
    }
}
