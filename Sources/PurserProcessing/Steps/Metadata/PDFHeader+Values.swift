extension PDFHeader {
    /// What is told of a document.
    var values: [String: StepValue] {
        var values: [String: StepValue] = [
            "pages": .integer(Int64(self.pages)), "encrypted": .bool(self.isEncrypted),
            "tagged": .bool(self.fields["Tagged"] == "yes"), "javascript": .bool(self.fields["JavaScript"] == "yes"),
        ]
        for (field, name) in Self.texts {
            if let text = self.fields[field], !text.isEmpty { values[name] = .string(text) }
        }
        if let size = self.size(ofPage: 1) {
            values["page_width"] = .number(size.width.hundredths)
            values["page_height"] = .number(size.height.hundredths)
        }
        return values
    }

    private static let texts = [
        "Title": "title", "Subject": "subject", "Author": "author", "Keywords": "keywords", "Creator": "creator",
        "Producer": "producer", "CreationDate": "created", "ModDate": "modified", "PDF version": "pdf_version",
    ]
}
