import Foundation
import SystemPackage
import Testing

@testable import PurserCLI

/// What `make install` does, with the program that the tests are built with.
@Suite("Installing", .timeLimit(.minutes(1)))
struct InstallTests {
    private static let script = FilePath(#filePath)
        .removingLastComponent().removingLastComponent().removingLastComponent().removingLastComponent()
        .appending("packaging").appending("install.sh")

    private func install(_ argument: String, in folder: FilePath, prefix: String) async throws -> Program.Outcome {
        try await Program.run(
            [],
            in: folder,
            shell: "exec '\(Self.script)' \(argument) \(argument == "install" ? "\"$0\"" : "")",
            environment: ["PREFIX": prefix, "DESTDIR": folder.appending("root").string]
        )
    }

    private func files(_ folder: FilePath) throws -> [String] {
        let root = folder.appending("root")
        return try root.names().filter { try FileStatus(of: root.appending(FilePath($0).components)).kind == .file }
    }

    @Test(arguments: [("/usr", "etc"), ("/usr/local", "usr/local/etc")])
    func everythingGoesWhereItBelongsAndAway(_ prefix: String, _ settings: String) async throws {
        try await withTemporaryFolder { folder in
            let installed = try await self.install("install", in: folder, prefix: prefix)
            #expect(installed.status == 0, "\(installed.diagnostics)")
            let below = prefix.dropFirst()
            #expect(
                try self.files(folder)
                    == [
                        "\(settings)/purser/pipelines/document.yaml", "\(settings)/purser/pipelines/image.yaml",
                        "\(settings)/purser/pipelines/text.yaml", "\(settings)/purser/purser.yaml",
                        "\(below)/bin/purser", "\(below)/share/purser/schemas/document.schema.json",
                        "\(below)/lib/systemd/system/purser.service",
                        "\(below)/share/bash-completion/completions/purser",
                        "\(below)/share/fish/vendor_completions.d/purser.fish", "\(below)/share/man/man1/purser.1",
                        "\(below)/share/zsh/site-functions/_purser",
                    ].sorted()
            )
            let root = folder.appending("root").string
            let unit = try FilePath("\(root)\(prefix)/lib/systemd/system/purser.service").read()
            #expect(
                unit.contains(
                    "\nExecStart=\(prefix)/bin/purser serve --config /\(settings)/purser/purser.yaml "
                        + "--storage ${STATE_DIRECTORY}\n"
                )
            )
            #expect(!unit.contains("DIR@"), "everything is filled in")
            let page = try FilePath("\(root)\(prefix)/share/man/man1/purser.1").read()
            for word in [
                "put", "get", "operations watch", "metrics record", "alerts resolve", "errors", "process", "jobs warm",
                "config check",
            ] {
                #expect(page.contains(".SS \\fBpurser \(word)\\fR"), "the manual page tells of \(word)")
            }
            let completion = "\(root)\(prefix)/share/bash-completion/completions/purser"
            #expect(try await Program.run([], in: folder, shell: "bash -n '\(completion)'").status == 0)

            #expect(try await self.install("uninstall", in: folder, prefix: prefix).status == 0)
            let left = try self.files(folder)
            #expect(left.isEmpty)
        }
    }

    @Test func editedSettingsAreNeitherReplacedNorRemoved() async throws {
        try await withTemporaryFolder { folder in
            let settings = folder.appending(FilePath("root/etc/purser/purser.yaml").components)
            try settings.write("server: {port: 9000}\n")
            #expect(try await self.install("install", in: folder, prefix: "/usr").status == 0)
            #expect(try await self.install("uninstall", in: folder, prefix: "/usr").status == 0)
            #expect(try self.files(folder) == ["etc/purser/purser.yaml"])
            #expect(try settings.read() == "server: {port: 9000}\n")
        }
    }
}
