import Crypto

/// Works out digests of a content, for those who know it by another one than Purser does.
struct HashStep: ProcessingStep {
    /// A way to work out a digest.
    enum Digest: String, Sendable, Hashable, CaseIterable {
        case md5, sha1, sha256, sha384, sha512
    }

    /// Which digests.
    var digests: [Digest] = [.sha256]
    /// What is read.
    var source = StepSource()

    var cacheIdentity: String? { "\(self.digests) \(self.source)" }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let file = try self.source.file(in: input)
        var values: [String: StepValue] = [:]
        var functions: [(Digest, any HashFunction)] = []
        for digest in self.digests {
            if digest == .sha256, self.source.step == nil {
                // The store knows it already.
                values[digest.rawValue] = .string("\(input.content)")
            } else {
                functions.append((digest, digest.function))
            }
        }
        if !functions.isEmpty {
            var done: Int64 = 0
            try ContentChunks.read(file.path) { bytes in
                for index in functions.indices { functions[index].1.update(bufferPointer: bytes) }
                done += Int64(bytes.count)
                context.progress(min(1, Double(done) / Double(max(1, input.size))), nil)
            }
        }
        for (digest, function) in functions { values[digest.rawValue] = .string(function.hexadecimal) }
        return StepOutput(values: values)
    }
}

extension HashStep.Digest {
    fileprivate var function: any HashFunction {
        switch self {
        case .md5: Insecure.MD5()
        case .sha1: Insecure.SHA1()
        case .sha256: SHA256()
        case .sha384: SHA384()
        case .sha512: SHA512()
        }
    }
}

extension HashFunction {
    fileprivate var hexadecimal: String {
        self.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}

extension StepKind {
    /// Works out digests.
    public static let hash = StepKind("hash") { settings throws(StepSettingProblem) in
        let names = HashStep.Digest.allCases.map(\.rawValue).joined(separator: ", ")
        var digests: [HashStep.Digest] = []
        for name in try settings.strings("digests", default: ["sha256"]) {
            guard let digest = HashStep.Digest(rawValue: name) else {
                settings.note(settings.problem("digests", "takes any of \(names), got '\(name.visible(upTo: 40))'"))
                continue
            }
            if !digests.contains(digest) { digests.append(digest) }
        }
        return HashStep(digests: digests, source: try StepSource(settings))
    }
}
