import PurserOperations
import Testing

@Suite struct ByteSizeTests {
    @Test(
        arguments: [
            ("0", 0), ("4096", 4096), ("64KiB", 65_536), ("64 kib", 65_536), ("5GB", 5_000_000_000),
            ("1.5 MiB", 1_572_864),
            ("1_000", 1000), ("100MB", 100_000_000), ("7B", 7), ("2TiB", 2 << 40),
        ] as [(String, Int64)]
    )
    func sizesAreRead(_ text: String, _ bytes: Int64) {
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test(arguments: ["", "-1", "KiB", "1XB", "1.2.3", "9999999999999TB", "ten", "1e3", "0x10", "1 GB 2"])
    func othersAreNot(_ text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test(arguments: [0, 1, 1000, 1024, 65_536, 100_000_000, 5 << 30, 12_345, 3_670_016] as [Int64])
    func whatIsWrittenReadsBackExactly(_ bytes: Int64) {
        #expect(ByteSize.parse(ByteSize.exact(bytes)) == bytes)
    }
}

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("30s", .seconds(30)), ("30", .seconds(30)), ("10m", .seconds(600)), ("1h30m", .seconds(5400)),
            ("250ms", .milliseconds(250)), ("2d", .seconds(172_800)), ("1.5s", .milliseconds(1500)), ("0", .zero),
        ] as [(String, Duration)]
    )
    func durationsAreRead(_ text: String, _ duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(arguments: ["", "-1s", "s", "1 fortnight", "1s!", "nan", "inf", "1..5s"])
    func othersAreNot(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [0, 1, 250, 1000, 90_000, 3_600_000, 86_400_000, 86_400_001] as [Int])
    func whatIsWrittenReadsBackExactly(_ milliseconds: Int) {
        let duration = Duration.milliseconds(milliseconds)
        #expect(DurationText.parse(DurationText.exact(duration)) == duration)
    }
}
