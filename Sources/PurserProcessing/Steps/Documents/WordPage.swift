/// The words of a page, as a program found them: what is handed from the steps that read to the one that puts in order.
struct WordPage: Sendable, Hashable, Codable {
    /// How the words of a page became known.
    enum Source: String, Sendable, Hashable, Codable {
        /// They stood in the document.
        case text
        /// They were read from an image of the page.
        case ocr
    }

    /// One word.
    struct Word: Sendable, Hashable, Codable {
        /// What it says.
        var text: String
        /// Where it stands.
        var box: DocumentBox
        /// How sure the program is, from 0 to 1.
        var confidence: Double
        /// The block that the program puts it in, counted from 0 in reading order.
        var block: Int
        /// The line of that block.
        var line: Int
    }

    /// Its number, the first one being 1.
    var number: Int
    /// In points.
    var width: Double
    /// In points.
    var height: Double
    /// How the words became known.
    var source: Source
    /// In reading order.
    var words: [Word] = []

    /// How many characters there are.
    var characters: Int { self.words.reduce(0) { $0 + $1.text.unicodeScalars.count } }
}
