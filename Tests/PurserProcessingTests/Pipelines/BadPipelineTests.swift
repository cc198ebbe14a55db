import PurserProcessing
import Testing

/// A file that is wrong: its text, and the lines and words of what is to be said about it.
struct BadPipeline: Sendable, CustomTestStringConvertible {
    var what: String
    var text: String
    var problems: [(line: Int, words: String)]

    init(_ what: String, _ text: String, _ problems: (Int, String)...) {
        self.what = what
        self.text = text
        self.problems = problems.map { ($0.0, $0.1) }
    }

    /// A file with three lines before its steps.
    init(steps what: String, _ text: String, _ problems: (Int, String)...) {
        self.what = what
        self.text = "name: a\nversion: 1\nsteps:\n" + text
        self.problems = problems.map { ($0.0, $0.1) }
    }

    /// A file with one step, and more behind it from line 5 on.
    init(rest what: String, _ text: String, _ problems: (Int, String)...) {
        self.what = what
        self.text = "name: a\nversion: 1\nsteps:\n- {name: x, uses: nothing}\n" + text
        self.problems = problems.map { ($0.0, $0.1) }
    }

    var testDescription: String { self.what }
}

struct BadPipelineTests {
    @Test(arguments: [
        BadPipeline("empty", "", (1, "a pipeline is names with values")),
        BadPipeline("a list", "- a\n- b\n", (1, "a pipeline is names with values")),
        BadPipeline("no YAML", "name: a\nsteps: [\n", (3, "this is not YAML")),
        BadPipeline("tabs", "name: a\n\tversion: 1\n", (2, "this is not YAML")),
        BadPipeline("a name twice", "name: a\nversion: 1\nname: b\n", (1, "stands twice: name")),
        BadPipeline("an alias to nothing", "name: a\nsteps: *none\n", (2, "undefined alias")),
        BadPipeline("two documents", "name: a\n---\nname: b\n", (2, "not YAML")),
        BadPipeline(
            "nothing that must be there",
            "description: nothing\n",
            (1, "name: is missing"),
            (1, "steps: takes a list of 1 to 64 steps, got 0"),
            (1, "version: is missing")
        ),
        BadPipeline(
            "bad name, version and type",
            "name: 'A b'\nversion: 1.10\nsteps:\n- {name: x, uses: nothing}\ndescription: [a]\n",
            (1, "name: takes up to 64 small letters"),
            (2, "put the version in quotes"),
            (5, "description: takes a text, got a list")
        ),
        BadPipeline("steps as a mapping", "name: a\nversion: 1\nsteps: {x: nothing}\n", (3, "steps: takes a list")),
        BadPipeline(steps: "a step as a text", "- nothing\n- {name: x, uses: nothing}\n", (4, "steps[0]: takes names")),
        BadPipeline(steps: "unknown kind", "- name: x\n  uses: nothin\n", (5, "there is no kind of step 'nothin'")),
        BadPipeline(steps: "no kind", "- name: x\n", (4, "steps[0].uses: is missing")),
        BadPipeline(steps: "no name", "- uses: nothing\n", (4, "steps[0].name: is missing")),
        BadPipeline(
            steps: "duplicate name",
            "- {name: x, uses: nothing}\n- {name: x, uses: nothing}\n",
            (5, "there is a step 'x' already")
        ),
        BadPipeline(steps: "unknown key", "- name: x\n  uses: nothing\n  needz: [y]\n", (6, "needz: is unknown here")),
        BadPipeline(steps: "unknown need", "- name: x\n  uses: nothing\n  needs: [y]\n", (6, "there is no step 'y'")),
        BadPipeline(steps: "needs itself", "- {name: x, uses: nothing, needs: [x]}\n", (4, "one another: x → x")),
        BadPipeline(
            steps: "cycle",
            """
            - {name: a, uses: nothing, needs: []}
            - {name: b, uses: nothing, needs: [a, d]}
            - {name: c, uses: nothing, needs: [b]}
            - {name: d, uses: nothing, needs: [c]}
            """,
            (5, "steps wait for one another: b → d → c → b")
        ),
        BadPipeline(steps: "needs as a text", "- name: x\n  uses: nothing\n  needs: y\n", (6, "takes a list of texts")),
        BadPipeline(
            steps: "weight of nothing",
            "- {name: x, uses: nothing, weight: 0}\n",
            (4, "weight: takes a number")
        ),
        BadPipeline(steps: "negative weight", "- {name: x, uses: nothing, weight: -1}\n", (4, "got -1")),
        BadPipeline(steps: "no number", "- {name: x, uses: nothing, weight: .nan}\n", (4, "weight: takes a number")),
        BadPipeline(
            steps: "memory without a unit that is",
            "- {name: x, uses: nothing, memory: 5 apples}\n",
            (4, "a size")
        ),
        BadPipeline(steps: "too little memory", "- {name: x, uses: nothing, memory: 1KiB}\n", (4, "1MiB to 1TiB")),
        BadPipeline(
            steps: "more reserved",
            "- {name: x, uses: nothing, reserve: 257MiB}\n",
            (4, "from 1MiB to 256MiB")
        ),
        BadPipeline(steps: "timeout", "- name: x\n  uses: nothing\n  timeout: soon\n", (6, "takes a duration")),
        BadPipeline(steps: "too long", "- {name: x, uses: nothing, timeout: 2d}\n", (4, "timeout: takes a duration")),
        BadPipeline(steps: "processes", "- {name: x, uses: nothing, processes: 0}\n", (4, "processes: takes a whole")),
        BadPipeline(
            steps: "retry",
            "- name: x\n  uses: nothing\n  retry:\n    attempts: 0\n    jitter: 2\n    delays: 1s\n",
            (7, "retry.attempts: takes a whole number from 1 to 100, got 0"),
            (8, "retry.jitter: takes a number from 0.0 to 1.0"),
            (9, "retry.delays: is unknown here")
        ),
        BadPipeline(
            steps: "severity",
            "- {name: x, uses: nothing, severity: bad}\n",
            (4, "info, warning, error, critical")
        ),
        BadPipeline(
            steps: "on_error",
            "- {name: x, uses: nothing, on_error: ignore}\n",
            (4, "on_error: takes fail, skip")
        ),
        BadPipeline(
            steps: "fallback to nothing",
            "- name: x\n  uses: nothing\n  on_error: {fallback: y}\n",
            (6, "there is no step 'y' to fall back to")
        ),
        BadPipeline(
            steps: "fallback to itself",
            "- {name: a, uses: nothing}\n- {name: x, uses: nothing, on_error: {fallback: x}}\n",
            (5, "steps stand in for one another: x → x")
        ),
        BadPipeline(
            steps: "fallbacks in a circle",
            """
            - {name: a, uses: nothing, on_error: {fallback: b}}
            - {name: b, uses: nothing, on_error: {fallback: c}}
            - {name: c, uses: nothing, on_error: {fallback: b}}
            """,
            (5, "steps stand in for one another: b → c → b")
        ),
        BadPipeline(
            steps: "fallback that waits for what comes later",
            """
            - {name: a, uses: nothing, on_error: {fallback: b}}
            - {name: b, uses: nothing, needs: [c]}
            - {name: c, uses: nothing}
            """,
            (5, "'c' has not ended when 'a' fails")
        ),
        BadPipeline(
            steps: "need of a stand-in",
            """
            - {name: a, uses: nothing, on_error: {fallback: b}}
            - {name: b, uses: nothing}
            - {name: c, uses: nothing, needs: [b]}
            """,
            (6, "'b' only stands in for another step")
        ),
        BadPipeline(
            steps: "settings of a step",
            """
            - name: x
              uses: scale
              with:
                size: 5000
            """,
            (7, "steps[0].with.size: takes a whole number from 1 to 4096, got 5000")
        ),
        BadPipeline(
            steps: "all settings of a step at once",
            """
            - name: x
              uses: scale
              with:
                size: 8
                sharpness: high
                most: 2MB
                pause: 2h
                format: tiff
                names: [a, [b]]
                environment: {A: [b]}
                outputs:
                - name: a
                  nam: b
                colour: red
            """,
            (8, "sharpness: takes a number from 0.0 to 1.0, got 'high'"),
            (9, "most: takes a size"),
            (10, "pause: takes a duration"),
            (11, "format: takes one of jpeg, png, got 'tiff'"),
            (12, "names: takes a list of texts"),
            (13, "environment: takes names with texts"),
            (16, "outputs[0].nam: is unknown here; known are name"),
            (17, "colour: is unknown here")
        ),
        BadPipeline(
            steps: "with as a list",
            "- name: x\n  uses: nothing\n  with: [a]\n",
            (6, "takes names with values")
        ),
        BadPipeline(
            steps: "reference to a later step",
            """
            - {name: a, uses: after, with: {step: b}}
            - {name: b, uses: nothing}
            """,
            (4, "'b' is not earlier")
        ),
        BadPipeline(rest: "unknown key", "output: x\n", (5, "output: is unknown here")),
        BadPipeline(rest: "accepts", "accepts: [image]\n", (5, "takes media types such as image/png")),
        BadPipeline(rest: "accepts a pattern", "accepts: ['*/*']\n", (5, "takes media types such as image/png")),
        BadPipeline(rest: "prefix", "outputs:\n  prefix: /derived\n", (6, "takes the beginning of a key")),
        BadPipeline(rest: "remove", "remove_with_source: maybe\n", (5, "takes true or false, got 'maybe'")),
        BadPipeline(rest: "timeout", "timeout: 0s\n", (5, "timeout: takes a duration")),
        BadPipeline(
            rest: "type of a parameter",
            "parameters:\n  w: {type: int}\n",
            (6, "string, integer, number, boolean")
        ),
        BadPipeline(
            rest: "default of a parameter",
            "parameters:\n  w:\n    type: integer\n    default: 9\n    maximum: 8\n",
            (8, "default: takes at most 8.0, got 9")
        ),
        BadPipeline(rest: "bounds", "parameters:\n  w: {type: number, minimum: 2, maximum: 1}\n", (6, "is greater")),
        BadPipeline(rest: "name of a parameter", "parameters:\n  W X: {type: number}\n", (6, "a parameter's name")),
        BadPipeline(rest: "action", "handlers:\n  timed_out: again\n", (6, "takes retry, skip, quarantine, abort")),
        BadPipeline(rest: "code", "handlers:\n  Timed Out: skip\n", (6, "a code of a failure")),
        BadPipeline(
            rest: "handler's step",
            "handlers:\n  x:\n    fallback: y\n",
            (6, "there is no step 'y' to fall back to")
        ),
        BadPipeline(
            rest: "handler's retry",
            "handlers:\n  x:\n    retry: {factor: 0}\n",
            (7, "retry.factor: takes a number")
        ),
        BadPipeline(
            rest: "only stand-ins",
            "handlers:\n  y: {fallback: x}\n",
            (3, "all steps stand in for others")
        ),
        BadPipeline(
            rest: "stand-in of a handler with needs",
            "- {name: y, uses: nothing, needs: [x]}\nhandlers:\n  z: {fallback: y}\n",
            (5, "a step that handlers fall back to can need no other")
        ),
    ])
    func isToldWithItsLine(_ bad: BadPipeline) throws {
        let error = #expect(throws: PipelineProblems.self) {
            try Pipeline.read(bad.text, file: "a.yaml", kinds: .samples)
        }
        let problems = try #require(error).problems
        let told = problems.map(\.description).joined(separator: "\n")
        #expect(problems.count == bad.problems.count, "\(told)")
        for (problem, expected) in zip(problems, bad.problems) {
            #expect(problem.line == expected.line, "\(told)")
            #expect(problem.description.contains(expected.words), "\(told)")
            #expect(problem.description.hasPrefix("a.yaml:\(expected.line): "))
        }
    }

    /// Ten aliases of ten aliases … would be a billion values.
    @Test
    func aFewLinesDoNotBecomeABillionValues() throws {
        var text = "name: a\nversion: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = #expect(throws: PipelineProblems.self) { try Pipeline.read(text, file: "a.yaml", kinds: .samples) }
        #expect(error?.problems.count == 1)
        #expect(error?.problems.first?.reason.hasSuffix(": there are too many values in the file") == true)
    }

    @Test
    func deepValuesAreRefused() throws {
        let text = "name: " + String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        let error = #expect(throws: PipelineProblems.self) { try Pipeline.read(text, file: "a.yaml", kinds: .samples) }
        #expect(error?.problems.first?.reason.hasSuffix("there are too many values in the file") == true)
    }
}
