import HTTPTypes
import PurserOperations
import RawStructuredFieldValues

/// The urgency in `Priority` (RFC 9218 §4.1).
enum RequestPriority {
    /// Reads `u`: 0–3 is interactive, 4–5 batch, 6–7 background.
    ///
    /// What is missing or malformed is the default, 3.
    static func priority(in headers: HTTPFields) -> OperationPriority {
        guard let fields = StructuredField.dictionary(.priority, in: headers),
            case .item(let item)? = fields["u"], case .integer(let urgency) = item.rfc9651BareItem
        else { return .interactive }
        return switch urgency {
        case 4...5: .batch
        case 6...7: .background
        default: .interactive
        }
    }
}
