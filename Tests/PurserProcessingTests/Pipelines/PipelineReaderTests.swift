import PurserProcessing
import Testing

struct PipelineReaderTests {
    private static let text = """
        name: picture
        version: "1.10"
        description: Makes small pictures.
        accepts: [image/*, Application/PDF]
        parameters:
          width: {type: integer, default: 256, minimum: 1, maximum: 4096}
          format: {type: string, default: jpeg, choices: [jpeg, png]}
          note: {type: string, maximum: 3}
        outputs: {prefix: .derived/pictures}
        remove_with_source: true
        timeout: 2m
        handlers:
          encrypted: quarantine
          unsupported_type: skip
          tool_missing: abort
          damaged: fail
          busy: {retry: {attempts: 3, delay: 2s}}
          odd: {fallback: last_resort}
        steps:
        - name: check
          uses: nothing
        - name: small
          uses: scale
          weight: 2.5
          memory: 128MiB
          timeout: 20s
          cpu: 30s
          file_size: 10MB
          processes: 4
          retry: {attempts: 4, delay: 100ms, factor: 3, max_delay: 1s, jitter: 0}
          on_error: {fallback: small_otherwise}
          severity: warning
          with: {size: 256, format: png}
        - name: small_otherwise
          uses: scale
          with: {size: 256}
        - name: facts
          uses: nothing
          needs: [check]
          on_error: skip
        - name: page
          uses: after
          with: {step: check}
          needs: [facts, small]
        - name: last_resort
          uses: nothing
        """

    @Test
    func allThatAPipelineSaysIsRead() throws {
        let pipeline = try Pipeline.read(Self.text, file: "p.yaml", kinds: .samples)
        #expect(pipeline.name == "picture")
        #expect(pipeline.version == "1.10")
        #expect(pipeline.description == "Makes small pictures.")
        #expect(pipeline.accepts == ["image/*", "application/pdf"])
        #expect(pipeline.outputPrefix == ".derived/pictures")
        #expect(pipeline.removesWithSource)
        #expect(pipeline.timeout == .seconds(120))
        #expect(pipeline.file == "p.yaml")
        let busy = FailureAction.retry(RetryPolicy(attempts: 3, delay: .seconds(2)))
        #expect(
            pipeline.handlers == [
                "encrypted": .quarantine, "unsupported_type": .skip, "tool_missing": .abort, "damaged": .fail,
                "busy": busy, "odd": .fallback("last_resort"),
            ]
        )
        #expect(pipeline.steps.map(\.name) == ["check", "small", "facts", "page", "small_otherwise", "last_resort"])
        #expect(pipeline.ordinarySteps.map(\.name) == ["check", "small", "facts", "page"])
        let small = try #require(pipeline.step("small"))
        #expect(small.needs == ["check"])
        #expect(small.weight == 2.5)
        #expect(
            small.limits
                == StepLimits(
                    time: .seconds(20),
                    cpuTime: .seconds(30),
                    memory: 128 << 20,
                    fileSize: 10_000_000,
                    processes: 4
                )
        )
        let retry = RetryPolicy(attempts: 4, delay: .milliseconds(100), factor: 3, maxDelay: .seconds(1), jitter: 0)
        #expect(small.retry == retry)
        #expect(small.onError == .fallback("small_otherwise"))
        #expect(small.severity == .warning)
        #expect(small.with == ["size": .integer(256), "format": .string("png")])
        #expect(pipeline.step("facts")?.needs == ["check"])
        #expect(pipeline.step("facts")?.onError == .skip)
        #expect(pipeline.step("small_otherwise")?.isFallback == true)
        #expect(pipeline.step("small_otherwise")?.needs == ["check"])
        #expect(pipeline.step("last_resort")?.needs == [])
    }

    @Test
    func stepsStandBehindWhatTheyNeedWhereverTheFileHasThem() throws {
        let text = """
            name: a
            version: 1
            steps:
            - {name: c, uses: nothing, needs: [b]}
            - {name: b, uses: nothing, needs: [a]}
            - {name: a, uses: nothing, needs: []}
            """
        let pipeline = try Pipeline.read(text, file: "a.yaml", kinds: .samples)
        #expect(pipeline.steps.map(\.name) == ["a", "b", "c"])
    }

    @Test(arguments: [
        ("image/png", true), ("IMAGE/JPEG; q=1", true), ("application/pdf", true), ("text/plain", false),
        ("imagery/png", false), (nil, true), ("application/octet-stream", true), ("", true),
    ])
    func typesThatAreTakenAreThoseThatAreListed(_ type: String?, _ isTaken: Bool) throws {
        let pipeline = try Pipeline.read(Self.text, file: "p.yaml", kinds: .samples)
        #expect(pipeline.accepts(type) == isTaken)
    }

    @Test
    func parametersAreCompletedAndChecked() throws {
        let pipeline = try Pipeline.read(Self.text, file: "p.yaml", kinds: .samples)
        let values = try pipeline.values(of: ["note": .string("abc"), "width": .integer(9)])
        #expect(values == ["note": .string("abc"), "width": .integer(9), "format": .string("jpeg")])
        let error = #expect(throws: StepFailure.self) {
            try pipeline.values(of: [
                "width": .integer(0), "format": .string("gif"), "height": .integer(1), "note": .string("abcd"),
            ])
        }
        #expect(error?.code == "bad_parameter")
        let message = try #require(error?.message)
        for words in [
            "height is no parameter of picture, which has format, note, width", "width takes at least 1.0, got 0",
            "format takes one of jpeg, png, got 'gif'", "note takes 0 to 3 characters, got 4",
        ] {
            #expect(message.contains(words), "\(message)")
        }
        #expect(throws: StepFailure.self) { try pipeline.values(of: [:]) }
        #expect(throws: StepFailure.self) { try pipeline.values(of: ["note": .integer(1)]) }
    }

    @Test
    func memoryIsThatOfTheStepsThatRunTogether() throws {
        func pipeline(_ needs: String) throws -> Pipeline {
            let text = """
                name: a
                version: 1
                steps:
                - {name: a, uses: nothing, memory: 10MiB, reserve: 10MiB}
                - {name: b, uses: nothing, memory: 30MiB, reserve: 3MiB\(needs)}
                - {name: c, uses: nothing, memory: 20MiB\(needs)}
                """
            return try Pipeline.read(text, file: "a.yaml", kinds: .samples)
        }
        #expect(try pipeline("").memoryLimit == 30 << 20)
        #expect(try pipeline(", needs: [a]").memoryLimit == 50 << 20)
        #expect(try pipeline("").memory == 10 << 20)
        // A quarter of its memory is expected of the third.
        #expect(try pipeline(", needs: [a]").memory == 15 << 20)
    }

    @Test
    func memoryThatDoesNotFitIsTheMost() {
        let step = PipelineStep(name: "a", uses: "nothing", limits: StepLimits(memory: .max), work: NothingStep())
        var other = step
        other.name = "b"
        let pipeline = Pipeline(name: "a", version: "1", steps: [step, other])
        #expect(pipeline.memoryLimit == .max)
        #expect(pipeline.memory == Int.max / 4 * 2)
    }
}
