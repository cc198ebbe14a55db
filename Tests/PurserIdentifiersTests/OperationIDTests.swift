import Foundation
import PurserIdentifiers
import PurserTestSupport
import Testing

@Suite struct OperationIDTests {
    @Test func versionAndVariantAreThoseOfTheStandard() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<100 {
            let bytes = OperationID(at: Date(), using: &generator).uuid.uuid
            #expect(bytes.6 >> 4 == 7)
            #expect(bytes.8 >> 6 == 2)
        }
    }

    @Test func laterIdsSortLater() {
        var generator = SeededGenerator(seed: 4)
        let times = (0..<50).map { Date(timeIntervalSince1970: 1_700_000_000 + Double($0) * 0.001) }
        let ids = times.map { OperationID(at: $0, using: &generator).description }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
    }

    @Test func anyVersionIsReadInEitherCase() throws {
        let id = try OperationID("6FA459EA-EE8A-3CA4-894E-DB77E160355E")
        #expect(id.description == "6fa459ea-ee8a-3ca4-894e-db77e160355e")
        #expect(try OperationID(id.description) == id)
    }

    @Test(arguments: [
        "", "1", "6fa459ea-ee8a-3ca4-894e-db77e160355", "6fa459eaee8a3ca4894edb77e160355e",
        "zzzzzzzz-ee8a-3ca4-894e-db77e160355e",
    ])
    func othersAreRefused(_ text: String) {
        let error = #expect(throws: IdentifierError.self) { try OperationID(text) }
        #expect(error?.code == .invalidOperationID)
    }
}
