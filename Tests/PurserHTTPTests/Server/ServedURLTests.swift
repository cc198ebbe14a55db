import Testing

@testable import PurserHTTP

@Suite struct ServedURLTests {
    @Test func addressesThatStandForAllAreReachedThroughLoopback() {
        #expect(ServedURL.reachable("http://0.0.0.0:80") == "http://127.0.0.1:80")
        #expect(ServedURL.reachable("http://[::]:80") == "http://[::1]:80")
        #expect(ServedURL.reachable("http://10.0.0.1:80") == "http://10.0.0.1:80")
    }
}
