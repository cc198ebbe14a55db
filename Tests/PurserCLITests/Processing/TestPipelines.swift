import Purser
import Testing

@testable import PurserCLI

/// Pipelines that need nothing but what every Debian has.
enum TestPipelines {
    /// Keeps a copy of each file.
    static let copy = """
        name: copy
        version: "1"
        description: A copy of each file
        steps:
          - name: copy
            uses: exec
            with:
              program: cp
              arguments: ["{input}", "{output:copy}"]
              outputs: [{name: copy, content_type: text/plain}]
        """

    /// Fails for each file without the word `good`.
    static let pick = """
        name: pick
        version: "1"
        parameters:
          word: {type: string, default: good}
          lines: {type: integer, default: 1, minimum: 1}
        steps:
          - {name: pick, uses: exec, with: {program: grep, arguments: ["-q", "-e", "x{parameters.word}", "{input}"]}}
        """

    /// Cannot run anywhere.
    static let missing = """
        name: missing
        version: "1"
        steps:
          - {name: run, uses: exec, with: {program: purser-has-no-such-program, package: no-such-package}}
        """

    /// Gives a service these pipelines.
    static func add(to configuration: inout PurserConfiguration) {
        configuration.processing.pipelines = [Self.copy, Self.pick, Self.missing].compactMap { text in
            do {
                return try Pipeline.read(text, file: "test.yaml")
            } catch {
                Issue.record("a pipeline of the tests cannot be read: \(error)")
                return nil
            }
        }
    }
}
