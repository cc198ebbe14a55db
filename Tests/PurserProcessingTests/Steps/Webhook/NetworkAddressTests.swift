import Testing

@testable import struct PurserProcessing.NetworkAddress
@testable import enum PurserProcessing.NameResolution

struct NetworkAddressTests {
    /// All forms that the system takes for an address, resolved by the system.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "017700000001", "0", "0.0.0.0", "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1",
            "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1",
            "2002:7f00:1::", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "100::1", "2001:db8::1", "2001::1",
        ]
    )
    func addressesInsideAreNotPublic(_ host: String) async {
        let addresses = await NameResolution.addresses(of: host)
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { !$0.isPublic })
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.167.0.1",
            "223.255.255.255",
            "2606:4700::1111", "2a00::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
        ]
    )
    func othersArePublic(_ host: String) async {
        let addresses = await NameResolution.addresses(of: host)
        #expect(addresses.count == 1)
        #expect(addresses.allSatisfy { $0.isPublic })
    }

    @Test func anAddressIsWrittenAsItIs() throws {
        #expect(try #require(NetworkAddress([127, 0, 0, 1])).text == "127.0.0.1")
        #expect(try #require(NetworkAddress(Array(repeating: 0, count: 15) + [1])).text == "::1")
        #expect(NetworkAddress([1, 2, 3]) == nil)
    }
}
