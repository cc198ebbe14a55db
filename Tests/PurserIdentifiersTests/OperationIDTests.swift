import Foundation
import PurserIdentifiers
import PurserTestSupport
import Testing

@Suite struct OperationIDTests {
    @Test func everyBitThatIsNotFixedIsRandom() {
        var seen: (ones: UInt64, zeros: UInt64, highOnes: UInt64, highZeros: UInt64) = (0, 0, 0, 0)
        for _ in 0..<500 {
            let bytes = OperationID(at: Date(timeIntervalSince1970: 1)).uuid.uuid
            let (high, low) = withUnsafeBytes(of: bytes) { $0.loadUnaligned(as: (UInt64, UInt64).self) }
            seen.ones |= low.bigEndian
            seen.zeros |= ~low.bigEndian
            seen.highOnes |= high.bigEndian
            seen.highZeros |= ~high.bigEndian
        }
        #expect(seen.ones == 0xbfff_ffff_ffff_ffff)
        #expect(seen.zeros == 0x7fff_ffff_ffff_ffff)
        // Milliseconds, version, and twelve random bits.
        #expect(seen.highOnes & 0xffff == 0x7fff)
        #expect(seen.highZeros & 0xffff == 0x8fff)
    }

    @Test func idsMadeAtTheSameTimeByManyAreDifferent() async {
        let time = Date(timeIntervalSince1970: 1)
        let ids = await withTaskGroup(of: [OperationID].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<1_000).map { _ in OperationID(at: time) } }
            }
            return await group.reduce(into: [OperationID]()) { $0 += $1 }
        }
        #expect(Set(ids).count == 8_000)
    }

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
