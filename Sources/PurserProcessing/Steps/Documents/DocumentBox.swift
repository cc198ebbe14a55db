/// Where something stands on a page: in points (1/72 inch) from the page's upper left corner.
struct DocumentBox: Sendable, Hashable, Codable {
    /// From the left edge.
    var x: Double
    /// From the upper edge.
    var y: Double
    /// To the right.
    var width: Double
    /// Downwards.
    var height: Double

    /// The smallest box around several; nothing around none.
    init(around boxes: some Sequence<DocumentBox>) {
        var (left, top, right, bottom) = (Double.infinity, Double.infinity, -Double.infinity, -Double.infinity)
        for box in boxes {
            left = min(left, box.x)
            top = min(top, box.y)
            right = max(right, box.x + box.width)
            bottom = max(bottom, box.y + box.height)
        }
        let isEmpty = left > right
        self.init(x: isEmpty ? 0 : left, y: isEmpty ? 0 : top, width: isEmpty ? 0 : right - left, height: isEmpty ? 0 : bottom - top)
    }

    /// Describes a box.
    init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The part of it that lies on a page, in hundredths of a point.
    func on(width pageWidth: Double, height pageHeight: Double) -> DocumentBox {
        let left = min(max(0, self.x), pageWidth)
        let top = min(max(0, self.y), pageHeight)
        let right = min(max(left, self.x + self.width), pageWidth)
        let bottom = min(max(top, self.y + self.height), pageHeight)
        return DocumentBox(
            x: left.hundredths, y: top.hundredths, width: (right - left).hundredths, height: (bottom - top).hundredths
        )
    }
}

extension Double {
    /// Rounded to hundredths.
    var hundredths: Double { (self * 100).rounded() / 100 }
}
