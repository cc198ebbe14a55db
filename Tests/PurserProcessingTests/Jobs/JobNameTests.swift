import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import SystemPackage
import Testing

@testable import PurserProcessing

/// Files with names of every kind, in jobs over a real store.
@Suite(.timeLimit(.minutes(2)))
struct JobNameTests {
    /// Gives back what it is told of the name, in its environment and among its arguments, and the content.
    private static let pipeline = """
        name: names
        version: 1
        steps:
        - name: tell
          uses: exec
          with:
            program: sh
            arguments: [-c, 'printf %s "$KEY" >key; printf %s "$1" >argument; cat "$2" >content', sh, "--name={key}", "{input}"]
            environment: {KEY: "{key}"}
            outputs: [{name: key}, {name: argument}, {name: content}]
        """

    /// All signs of ASCII, characters of one to four bytes, and what means something to programs, shells and folders.
    private static let keys: [String] = {
        let signs = (0x20...0x7E as ClosedRange<UInt8>).map { String(UnicodeScalar($0)) }
        let options = [
            "-rf", "--help", "--", "-o/tmp/x", "@list", "|sh", "$(reboot)", "`reboot`", "a b", "%s%n", "\\0",
        ]
        let paths = ["..", "../../etc/passwd", "/etc/passwd", "a//b", "a/", "trailing.", "nul", "a:b", "~root"]
        let letters = [
            "\u{80}", "\u{85}", "\u{A0}", "é", "e\u{301}", "ß", "\u{200B}", "\u{2028}", "\u{202E}txt.exe", "\u{FEFF}x",
            "\u{FFFD}", "\u{FFFF}", "\u{1F600}", "👩‍👩‍👧", "\u{10FFFF}", "漢字", "שלום",
        ]
        let long = String(repeating: "長", count: 341)
        return signs + options + paths + letters + [long]
    }()

    @Test
    func namesComeAsTheyAreAndNeverAsMore() async throws {
        try await JobFixture.run { fixture in
            // By their bytes: two that look the same are two.
            var request = JobRequest(pipeline: "names")
            for (number, key) in Self.keys.enumerated() {
                try await fixture.put(key, "content \(number)")
                request.inputs.append(JobFile(key: try FileKey(key)))
            }
            let service = fixture.service([try Pipeline.read(Self.pipeline, file: "names.yaml")])
            let submitted = request
            let job = try await service.whileRunning {
                try await service.ended(try await service.submit(submitted))
            }
            #expect(job.files.total == Self.keys.count)
            var report = try service.report(job.id)
            var items = report.items
            while let next = report.next {
                report = try service.report(job.id, after: next)
                items += report.items
            }
            #expect(items.map { Array($0.key.text.utf8) } == Self.keys.map { Array($0.utf8) })
            for (number, item) in items.enumerated() {
                let key = item.key.text
                #expect(item.state == .succeeded, "\(key): \(item.error?.message ?? "")")
                try #require(item.outputs.count == 3, "\(key)")
                let told = try await self.read(item.outputs.map(\.key.text), fixture)
                #expect(told == [key, "--name=\(key)", "content \(number)"].map { Array($0.utf8) }, "\(key)")
            }
            #expect(Traces.processes(with: fixture.path.string) == [])
        }
    }

    private func read(_ keys: [String], _ fixture: JobFixture) async throws -> [[UInt8]] {
        var contents: [[UInt8]] = []
        for key in keys { contents.append(Array(try await fixture.read(key).utf8)) }
        return contents
    }
}
