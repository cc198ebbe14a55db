import PurserIdentifiers
import Testing

@Suite struct BucketNameTests {
    @Test(arguments: ["abc", "default", "a-b.c-d", "0ab", "1.2.3", "1.2.3.4a", String(repeating: "a", count: 63)])
    func goodNamesAreTaken(_ text: String) throws {
        #expect(try BucketName(text).text == text)
    }

    @Test(arguments: [
        "", "ab", String(repeating: "a", count: 64), "Abc", "a_b", "-abc", "abc-", ".abc", "abc.", "a..b", "1.2.3.4",
        "999.999.999.999", "xn--abc", "sthree-abc", "abc-s3alias", "abc--ol-s3", "äbc", "a/b", "a b", "abc\0", "..",
        "abc\n",
    ])
    func badNamesAreRefused(_ text: String) {
        let error = #expect(throws: IdentifierError.self) { try BucketName(text) }
        #expect(error?.code == .invalidBucketName)
    }
}
