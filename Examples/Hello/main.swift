import Purser

try await withFileStorageManager { manager in
    let key = try FileKey("letters/hello.txt")
    try await manager.upload(to: .default, key: key, bytes: "Hello, world!".utf8)
    for try await file in manager.list(in: .default, prefix: "letters/") {
        print("\(file.key) has \(file.size) bytes")
    }
    let bytes = try await manager.download(from: .default, key: key, upTo: 1_000)
    print(String(buffer: bytes))
}
