import Purser

try await withFileStorageManager { manager in
    let key = try FileKey("text.txt")
    try await manager.upload(to: .default, key: key, bytes: "one two three".utf8)
    let report = AdmissionOptions(onProgress: { print($0.state, $0.progress.fraction) })
    let options = OperationOptions(admission: report)
    let steps: [OperationStep] = ["read", OperationStep("count", weight: 3)]
    let words = try await manager.withOperation("count words", steps: steps, options: options) { operation in
        operation.begin("read")
        let text = try await manager.download(from: .default, key: key, upTo: 1_000_000)
        operation.begin("count")
        operation.update(fraction: 0.5, message: "read \(text.readableBytes) bytes")
        return String(buffer: text).split(separator: " ").count
    }
    print("\(words) words")
}
