import NIOCore
import PurserTestSupport
import Testing

@testable import PurserBlobs

@Suite struct CompressionEstimateTests {
    private static func estimate(_ content: ByteBuffer) throws -> CompressionEstimate {
        try CompressionEstimate(ofContent: Int64(content.readableBytes)) { offset, count in
            try #require(content.getSlice(at: Int(offset), length: count))
        }
    }

    @Test(arguments: [600, 20_000, 131_072, 131_073, 3_000_000])
    func textIsWorthCompressing(_ size: Int) throws {
        let estimate = try Self.estimate(sampleText(size))
        #expect(estimate.promises(saving: 0.05))
        #expect(estimate.promises(saving: 0.3))
        #expect(estimate.sampledBytes <= CompressionEstimate.maxBlocks * CompressionEstimate.blockBytes)
    }

    @Test(arguments: [600, 20_000, 3_000_000])
    func noiseIsNot(_ size: Int) throws {
        #expect(try !Self.estimate(sampleBytes(size)).promises(saving: 0.05))
    }

    /// An archive of pictures with a text behind them.
    @Test func textAtTheEndOfNoiseIsFound() throws {
        var content = sampleBytes(900_000)
        content.writeImmutableBuffer(sampleText(100_000))
        #expect(try Self.estimate(content).promises(saving: 0.05))
    }

    @Test func blocksAreSpreadOverTheContent() {
        #expect(CompressionEstimate.blocks(ofContent: 100) == [0..<100])
        let blocks = CompressionEstimate.blocks(ofContent: 10_000_000)
        #expect(blocks.count == CompressionEstimate.maxBlocks)
        #expect(blocks.first?.lowerBound == 0)
        #expect(blocks.last?.upperBound == 10_000_000)
        #expect(zip(blocks, blocks.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        #expect(blocks.allSatisfy { $0.count == CompressionEstimate.blockBytes })
    }
}
