import Foundation
import PurserProcessing
import PurserTestSupport
import Testing

struct SchemaStepTests {
    private static let good = """
        {"version":1,"source":{"sha256":"\(String(repeating: "a", count: 64))","size":1},"metadata":{},
        "pages":[{"number":1,"width":612,"height":792,"source":"text","confidence":1,"blocks":[{"box":{"x":0,"y":0,
        "width":1,"height":1},"text":"a","confidence":1,"lines":[{"box":{"x":0,"y":0,"width":1,"height":1},"text":"a",
        "confidence":1}]}]}],"statistics":{"pages":1,"ocr_pages":0,"blocks":1,"words":1,"characters":1,"confidence":1}}
        """

    @Test func aGoodDocumentPasses() async throws {
        try await withStepBench { bench in
            let output = try await bench.run(.schema, on: try bench.content(Self.good.utf8))
            #expect(output.values["valid"] == .bool(true))
        }
    }

    @Test(arguments: [
        (#""width":612"#, #""width":-1"#, "$.pages[0].width"), (#""text":"a","confidence":1,"lines""#, #""lines""#, "blocks[0]"),
        (#""source":"text""#, #""source":"guess""#, "$.pages[0].source"), (#""version":1"#, #""version":2"#, "$.version"),
        (#""size":1"#, #""size":NaN"#, "$"), (#"{"version""#, "[[[[", "$"),
        (#""confidence":1,"blocks""#, #""confidence":1.5,"blocks""#, "$.pages[0].confidence"),
    ])
    func aBrokenDocumentViolatesItsSchema(_ part: String, _ broken: String, _ place: String) async throws {
        try await withStepBench { bench in
            #expect(Self.good.contains(part))
            let path = try bench.content(Self.good.replacing(part, with: broken).utf8)
            let failure = try await bench.refusal(.schema, on: path)
            #expect(failure?.code == "schema_violation")
            #expect(failure?.message.contains(place) == true, "\(failure?.message ?? "")")
        }
    }

    @Test func deepNestingIsNoDocument() async throws {
        try await withStepBench { bench in
            let path = try bench.content(String(repeating: "[", count: 200_000).utf8)
            #expect(try await bench.refusal(.schema, on: path)?.code == "schema_violation")
        }
    }

    @Test func aSchemaCanStandInThePipeline() async throws {
        try await withStepBench { bench in
            let schema: StepValue = .object(["type": "object", "required": .list(["a"])])
            let path = try bench.content(#"{"b":1}"#.utf8)
            #expect(try await bench.refusal(.schema, ["schema": schema], on: path)?.code == "schema_violation")
            let good = try bench.content(#"{"a":1}"#.utf8, name: "good")
            #expect(try await bench.run(.schema, ["schema": schema], on: good).values["valid"] == .bool(true))
        }
    }

    @Test func thePublishedSchemaIsASchema() async throws {
        let path = repository.appending(path: "config/schemas/document.schema.json").path
        let script = "import json, sys, jsonschema; jsonschema.Draft202012Validator.check_schema(json.load(open(sys.argv[1])))"
        let outcome = try await runTool("/usr/bin/python3", ["-I", "-c", script, path])
        #expect(outcome.status == 0, "\(outcome.output)")
    }
}
