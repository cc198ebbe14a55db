import HTTPTypes
import PurserBlobs

/// The content codings that a client takes (RFC 9110 §12.5.3).
struct AcceptedCodings: Equatable {
    /// Weights from 0 to 1,000 by coding, in lower case.
    private var weights: [String: Int] = [:]

    /// Reads `Accept-Encoding`.
    ///
    /// A client that does not send it gets contents as they are, although the RFC would allow any coding. What cannot be
    /// read is left out.
    init(_ headers: HTTPFields) {
        for line in headers[values: .acceptEncoding] {
            for element in line.split(separator: ",") {
                let parts = element.split(separator: ";", maxSplits: 1).map { $0.trimmingBlanks().lowercased() }
                guard let name = parts.first, !name.isEmpty, let weight = Self.weight(parts.dropFirst().first) else {
                    continue
                }
                self.weights[name == "x-gzip" ? "gzip" : name] = weight
            }
        }
    }

    /// The weight that a parameter gives (RFC 9110 §12.4.2); `nil` where it is none.
    private static func weight(_ parameter: String?) -> Int? {
        guard let parameter else { return 1000 }
        guard parameter.hasPrefix("q=") else { return nil }
        let digits = parameter.dropFirst(2)
        guard digits.count <= 5, let value = Double(digits), (0...1).contains(value) else { return nil }
        return Int((value * 1000).rounded())
    }

    /// Whether the client can decode it.
    func accepts(_ coding: ContentCoding) -> Bool { self.weight(of: coding) > 0 }

    /// Whether the client is to get it, rather than the content as it is.
    ///
    /// A coding that it takes is taken to be better than none, unless the client gives none the greater weight.
    func prefers(_ coding: ContentCoding) -> Bool {
        self.accepts(coding) && self.weight(of: coding) >= self.weights["identity", default: 0]
    }

    private func weight(of coding: ContentCoding) -> Int {
        self.weights[coding.rawValue] ?? self.weights["*"] ?? 0
    }
}
