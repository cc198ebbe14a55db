import NIOCore

extension ByteBuffer {
    /// Writes a number the way both formats write theirs.
    mutating func writeLittle(_ value: some FixedWidthInteger) {
        self.writeInteger(value, endianness: .little)
    }

    /// Reads a number; `nil` where there are fewer bytes than it has.
    mutating func readLittle<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value? {
        self.readInteger(endianness: .little, as: type)
    }
}
