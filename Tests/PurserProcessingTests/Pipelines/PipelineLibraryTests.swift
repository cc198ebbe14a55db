import Foundation
import Logging
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

struct PipelineLibraryTests {
    private func write(_ text: String, _ name: String, _ folder: FilePath) throws {
        try Data(text.utf8).write(to: URL(filePath: folder.appending(name).string))
    }

    @Test
    func goodPipelinesAreThereAndBadOnesAreTold() throws {
        try withTemporaryFolder { folder in
            let step = "steps: [{name: x, uses: nothing}]\n"
            try self.write("name: b\nversion: 1\n" + step, "1.yaml", folder)
            try self.write("name: a\nversion: 1\n" + step, "2.yaml", folder)
            try self.write("name: b\nversion: 2\n" + step, "3.yaml", folder)
            try self.write("name: c\n" + step, "4.yaml", folder)
            try self.write("not read", "readme.md", folder)
            try self.write(String(repeating: "#", count: PipelineLibrary.maxFileBytes + 1), "5.yaml", folder)
            try Data([0x6e, 0xff, 0xfe]).write(to: URL(filePath: folder.appending("6.yaml").string))
            let library = PipelineLibrary(folder: folder.string, kinds: .samples)
            #expect(library.pipelines.map(\.name) == ["a", "b"])
            #expect(library["b"]?.version == "1")
            #expect(
                library.problems.map(\.description) == [
                    "\(folder)/3.yaml:1: the name 'b' is that of \(folder)/1.yaml, too",
                    "\(folder)/4.yaml:1: version: is missing; it takes a text",
                    "\(folder)/5.yaml: is longer than 262144 bytes",
                    "\(folder)/6.yaml: is not UTF-8",
                ]
            )
        }
    }

    @Test
    func aFolderThatIsNotThereIsAProblem() {
        let library = PipelineLibrary(folder: "/nowhere/at/all", kinds: .samples)
        #expect(library.pipelines.isEmpty)
        #expect(library.problems.map(\.description) == ["/nowhere/at/all: the folder cannot be read"])
    }

    @Test
    func aMissingToolNamesItsPackage() throws {
        let text = """
            name: a
            version: 1
            steps:
            - {name: x, uses: tool, with: {program: no-such-program}}
            - {name: y, uses: tool, with: {program: sh}}
            """
        let pipeline = try Pipeline.read(text, file: "a.yaml", kinds: .samples)
        let toolbox = Toolbox(logger: Logger(label: "test"))
        func reason(_ pipeline: Pipeline) -> String? {
            PipelineAvailability(of: pipeline) { toolbox.missing(of: $0.work.tools).map { Toolbox.missing($0) } }.reason
        }
        let obstacle = try #require(reason(pipeline))
        #expect(obstacle.contains("no-such-program"))
        #expect(obstacle.contains("no-such-package"))
        #expect(!obstacle.contains("'sh'"))
        var well = pipeline
        well.steps.removeFirst()
        #expect(reason(well) == nil)
    }
}
