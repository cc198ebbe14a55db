/// One named part of an operation, with its share of the whole.
///
/// A step of weight 1 may be written as its name alone: `["read", OperationStep("convert", weight: 8), "write"]`.
public struct OperationStep: Sendable, Hashable {
    /// The name under which ``Operation/begin(_:)`` begins it.
    public var name: String
    /// The step's share relative to the other steps; what is not a positive number counts as nothing.
    public var weight: Double

    /// Describes a step.
    public init(_ name: String, weight: Double = 1) {
        self.name = name
        self.weight = weight
    }

    /// The weight, made safe to add up.
    var share: Double { self.weight.isFinite && self.weight > 0 ? self.weight : 0 }

    /// The stages of a document's way through processing, in order; the weights are typical shares of the time.
    public static let documentStages: [OperationStep] = [
        OperationStep("uploading", weight: 10),
        OperationStep("validating", weight: 5),
        OperationStep("pdf_processing", weight: 20),
        OperationStep("ocr_processing", weight: 35),
        OperationStep("layout_analysis", weight: 15),
        OperationStep("data_normalization", weight: 10),
        OperationStep("schema_validation", weight: 5),
    ]
}

extension OperationStep: ExpressibleByStringLiteral {
    /// Describes a step of weight 1.
    public init(stringLiteral name: String) {
        self.init(name)
    }
}
