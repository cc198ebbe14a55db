import Foundation

/// PDFs that tests write by hand.
enum PDFSample {
    /// A document with a page for each list of lines; a page without lines is blank.
    static func text(_ pages: [[String]], title: String? = nil, rotation: Int = 0) -> [UInt8] {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
        var kids: [String] = []
        for lines in pages {
            let shown = lines.map { "(\($0)) Tj T*" }.joined(separator: "\n")
            let content = "BT /F1 14 Tf 72 720 Td 18 TL\n\(shown)\nET"
            objects.append(Self.page(content: objects.count + 2, rotation: rotation))
            kids.append("\(objects.count) 0 R")
            objects.append("<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream")
        }
        objects[1] = "<< /Type /Pages /Kids [\(kids.joined(separator: " "))] /Count \(kids.count) >>"
        if let title { objects.append("<< /Title (\(title)) /CreationDate (D:20260102030405Z) >>") }
        return Self.file(objects.map { Array($0.utf8) }, info: title == nil ? nil : objects.count)
    }

    /// A document of one page that shows a JPEG and has no text.
    static func scan(_ jpeg: [UInt8], width: Int, height: Int) -> [UInt8] {
        let content = "q 612 0 0 792 0 0 cm /I Do Q"
        let head = "<< /Type /XObject /Subtype /Image /Width \(width) /Height \(height) /ColorSpace /DeviceRGB "
        let image = head + "/BitsPerComponent 8 /Filter /DCTDecode /Length \(jpeg.count) >>\nstream\n"
        return Self.file([
            Array("<< /Type /Catalog /Pages 2 0 R >>".utf8), Array("<< /Type /Pages /Kids [3 0 R] /Count 1 >>".utf8),
            Array(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>"
                    .utf8
            ),
            Array("<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream".utf8),
            Array(image.utf8) + jpeg + Array("\nendstream".utf8),
        ])
    }

    /// A document that no empty password opens.
    static func encrypted() -> [UInt8] {
        let nonsense = String(repeating: "5a", count: 32)
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>",
            "<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O <\(nonsense)> /U <\(nonsense)> >>",
        ]
        let identity = String(repeating: "0a", count: 16)
        return Self.file(objects.map { Array($0.utf8) }, trailer: "/Encrypt 4 0 R /ID [<\(identity)> <\(identity)>]")
    }

    /// A document of many blank pages: each an object of its own, or all of them the same one.
    static func blank(pages: Int, isShared: Bool) -> [UInt8] {
        let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"
        let kids = (0..<pages).map { isShared ? "3 0 R" : "\($0 + 3) 0 R" }.joined(separator: " ")
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [\(kids)] /Count \(pages) >>"]
        objects += Array(repeating: page, count: isShared ? 1 : pages)
        return Self.file(objects.map { Array($0.utf8) })
    }

    private static func page(content: Int, rotation: Int) -> String {
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate \(rotation) /Contents \(content) 0 R "
            + "/Resources << /Font << /F1 3 0 R >> >> >>"
    }

    private static func file(_ objects: [[UInt8]], trailer: String = "", info: Int? = nil) -> [UInt8] {
        var bytes = Array("%PDF-1.4\n".utf8)
        var places: [Int] = []
        for (index, object) in objects.enumerated() {
            places.append(bytes.count)
            bytes += Array("\(index + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let start = bytes.count
        bytes += Array("xref\n0 \(objects.count + 1)\n0000000000 65535 f \n".utf8)
        for place in places {
            let digits = String(place)
            bytes += Array("\(String(repeating: "0", count: 10 - digits.count))\(digits) 00000 n \n".utf8)
        }
        let more = info.map { " /Info \($0) 0 R" } ?? ""
        bytes += Array("trailer\n<< /Size \(objects.count + 1) /Root 1 0 R\(more) \(trailer) >>\n".utf8)
        return bytes + Array("startxref\n\(start)\n%%EOF\n".utf8)
    }
}
