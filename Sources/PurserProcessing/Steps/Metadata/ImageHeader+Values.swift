extension ImageHeader {
    /// What is told of an image: its size as it is shown, how it is kept, and up to 64 entries of EXIF.
    var values: [String: StepValue] {
        let isTurned = (5...8).contains(self.orientation)
        var values: [String: StepValue] = [
            "width": .integer(Int64(isTurned ? self.height : self.width)),
            "height": .integer(Int64(isTurned ? self.width : self.height)),
            "orientation": .integer(Int64(self.orientation)),
        ]
        if let bands = self.fields["bands"].flatMap({ Int64($0) }) { values["bands"] = .integer(bands) }
        if let space = self.fields["interpretation"] { values["color_space"] = .string(space) }
        if let pages = self.fields["n-pages"].flatMap({ Int64($0) }) { values["frames"] = .integer(pages) }
        let exif = self.exif
        if !exif.isEmpty { values["exif"] = .object(exif.mapValues { .string($0) }) }
        return values
    }

    /// How the image is turned, as EXIF counts it: 1 for not at all, 5 to 8 where sides change places.
    private var orientation: Int {
        self.fields["orientation"].flatMap { Int($0) } ?? 1
    }

    /// Entries of EXIF by their names, the first in the order of the alphabet; those without a text are left out.
    private var exif: [String: String] {
        var entries: [String: String] = [:]
        for name in self.fields.keys.sorted() {
            guard entries.count < MetadataStep.maxFields else { break }
            guard let entry = name.wholeMatch(of: /exif-ifd[0-9]-([A-Za-z0-9]{1,60})/)?.1,
                let text = self.fields[name].flatMap(Self.exifText)
            else { continue }
            entries[String(entry)] = text
        }
        return entries
    }

    /// The text of `VALUE (AS SHOWN, Type, 6 components, 12 bytes)`, cut to 200 characters.
    static func exifText(_ line: String) -> String? {
        guard let end = line.firstMatch(of: /, [A-Za-z]+, [0-9]+ components, [0-9]+ bytes\)$/) else { return nil }
        let both = line[..<end.range.lowerBound]
        // Mostly both are the same; a text may hold a bracket of its own, a number is better as it is shown.
        if (both.count - 2).isMultiple(of: 2) {
            let half = both.index(both.startIndex, offsetBy: max(0, (both.count - 2) / 2))
            if both[half...].hasPrefix(" ("), both[..<half] == both[half...].dropFirst(2) {
                return Self.told(both[..<half])
            }
        }
        guard let bracket = both.firstRange(of: " (") else { return nil }
        return Self.told(both[bracket.upperBound...])
    }

    private static func told(_ text: Substring) -> String? {
        let text = text.visible(upTo: 200)
        return text.isEmpty ? nil : text
    }
}
