import Foundation

/// Files to be processed, and the pipelines that process them.
struct ProcessingFiles {
    /// The shipped pipelines and those of the benchmark.
    let pipelines: URL
    /// A photo of 12 megapixels.
    let photo: Data
    /// An image of 640 × 480 pixels.
    let image: Data
    /// A page of text.
    let document: Data

    init(scratch: URL) throws {
        self.pipelines = scratch.appending(path: "pipelines")
        try FileManager.default.copyItem(at: URL(filePath: "config/pipelines"), to: self.pipelines)
        self.photo = try Self.image(4_000, 3_000, in: scratch)
        self.image = try Self.image(640, 480, in: scratch)
        let page = scratch.appending(path: "page.pdf")
        try Tool.run("python3", ["scripts/demo-files.py", "text", page.path, "A page"])
        self.document = try Data(contentsOf: page)
        try self.add("bench-thumbnail", Self.thumbnail)
        try self.add("bench-text", Self.text)
        try self.add("bench-true", "  - {name: run, uses: exec, with: {program: \"true\", cache: false}}\n")
        try self.add(
            "bench-hold",
            """
              - name: run
                uses: exec
                with: {program: sleep, arguments: ["3600"], cache: false}
                timeout: 2h

            """
        )
        let flaky = scratch.appending(path: "flaky.sh")
        try Self.flaky.write(to: flaky, atomically: true, encoding: .utf8)
        try self.add(
            "bench-flaky",
            """
              - name: run
                uses: exec
                with:
                  program: sh
                  arguments: ["\(flaky.path)", "\(scratch.appending(path: "flaky-count").path)"]
                  cache: false
                retry: {attempts: 5, delay: 20ms}

            """
        )
    }

    /// The command that ``thumbnail`` runs.
    static func thumbnailArguments(_ input: String, _ output: String) -> [String] {
        ["thumbnail", input, output, "1024"]
    }

    private static let thumbnail = """
          - name: run
            uses: exec
            with:
              program: vips
              arguments: ["thumbnail", "{input}", "{output:thumbnail.jpg}", "1024"]
              outputs: [{name: thumbnail.jpg, content_type: image/jpeg}]
              cache: false

        """

    private static let text = """
          - name: run
            uses: exec
            with:
              program: pdftotext
              arguments: ["{input}", "{output:text.txt}"]
              outputs: [{name: text.txt, content_type: text/plain}]
              cache: false

        """

    /// Fails every third time, as something that may pass.
    private static let flaky = """
        exec 9>>"$1" || exit 1
        flock 9 || exit 1
        count=$(($(wc -l <"$1") + 1))
        echo "$count" >>"$1"
        [ $((count % 3)) -ne 0 ] || exit 75

        """

    private func add(_ name: String, _ steps: String) throws {
        let text = "name: \(name)\nversion: \"1\"\nsteps:\n\(steps)"
        try Data(text.utf8).write(to: self.pipelines.appending(path: "\(name).yaml"))
    }

    private static func image(_ width: Int, _ height: Int, in scratch: URL) throws -> Data {
        let noise = scratch.appending(path: "noise.v").path
        let jpeg = scratch.appending(path: "noise.jpg").path
        try Tool.run("vips", ["gaussnoise", noise, "\(width)", "\(height)", "--mean", "128", "--sigma", "20"])
        try Tool.run("vips", ["jpegsave", noise, jpeg])
        return try Data(contentsOf: URL(filePath: jpeg))
    }

    /// The same image or document as another content: readers stop at the end that the format has.
    static func another(_ bytes: Data, _ number: Int) -> Data {
        bytes + Data("\n% \(number) \(UInt64.random(in: .min ... .max))\n".utf8)
    }
}
