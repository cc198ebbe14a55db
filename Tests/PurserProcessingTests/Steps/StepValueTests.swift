import Foundation
import PurserProcessing
import Testing

struct StepValueTests {
    @Test(arguments: [
        (StepValue.string("a"), #""a""#), (.integer(7), "7"), (.number(0.5), "0.5"), (.bool(true), "true"),
        (.null, "null"), (.list([.integer(1), .string("x")]), #"[1,"x"]"#),
        (.object(["a": .bool(false)]), #"{"a":false}"#),
    ])
    func aValueIsTheSameAfterJSON(_ value: StepValue, _ text: String) throws {
        let data = try JSONEncoder().encode(value)
        #expect(String(decoding: data, as: UTF8.self) == text)
        #expect(try JSONDecoder().decode(StepValue.self, from: data) == value)
    }
}
