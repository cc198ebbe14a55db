import PurserTestSupport
import Testing

@testable import PurserCatalog

@Suite
struct RecentValuesTests {
    @Test
    func costStaysWithinTheCapacity() {
        var random = SeededGenerator(seed: 7)
        var values = RecentValues<Int, Int>(capacity: 1_000)
        for number in 0..<10_000 {
            let key = Int.random(in: 0..<300, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: values.remove(key)
            case 1: _ = values.value(for: key)
            default: values.insert(number, for: key, cost: Int.random(in: 1...600, using: &random))
            }
            #expect(values.cost <= 1_000)
        }
        values.removeAll()
        #expect(values.cost == 0)
        #expect(values.count == 0)
    }

    @Test
    func whatIsUsedStays() {
        var values = RecentValues<Int, Int>(capacity: 100)
        values.insert(-1, for: -1, cost: 10)
        for number in 0..<1_000 {
            values.insert(number, for: number, cost: 10)
            #expect(values.value(for: -1) == -1)
        }
        #expect(values.value(for: 0) == nil)
        #expect(values.value(for: 999) == 999)
    }

    @Test
    func newValueTakesThePlaceOfTheOld() {
        var values = RecentValues<String, Int>(capacity: 100)
        values.insert(1, for: "a", cost: 40)
        values.insert(2, for: "a", cost: 10)
        #expect(values.value(for: "a") == 2)
        #expect(values.cost == 10)
        values.insert(3, for: "a", cost: 51)
        #expect(values.value(for: "a") == nil, "it costs more than half, and the old one is no longer true")
    }
}
