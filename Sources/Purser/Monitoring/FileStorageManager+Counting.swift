import PurserIdentifiers
import PurserMonitor
import PurserOperations

extension FileStorageManager {
    /// Does what takes no slot, and counts it as an operation.
    ///
    /// - Parameters:
    ///   - kind: What it counts as.
    ///   - name: What it is about.
    ///   - body: The work.
    /// - Returns: What the body returned.
    /// - Throws: What the body throws.
    func counted<Value>(_ kind: CallKind, _ name: String, _ body: () throws -> Value) rethrows -> Value {
        let ledger = self.monitor.operations.ledger
        guard ledger.monitor.isEnabled else { return try body() }
        let start = ledger.beginCall()
        do {
            let value = try body()
            ledger.record(MonitoredCall(kind, name: name), since: start)
            return value
        } catch {
            ledger.record(MonitoredCall(kind, name: name, error: error), since: start)
            throw error
        }
    }

    /// Does what takes no slot and waits, and counts it as an operation.
    func counted<Value>(_ kind: CallKind, _ name: String, _ body: () async throws -> Value) async rethrows -> Value {
        let ledger = self.monitor.operations.ledger
        guard ledger.monitor.isEnabled else { return try await body() }
        let start = ledger.beginCall()
        do {
            let value = try await body()
            ledger.record(MonitoredCall(kind, name: name), since: start)
            return value
        } catch {
            ledger.record(MonitoredCall(kind, name: name, error: error), since: start)
            throw error
        }
    }

    /// Looks whether an operation can be asked for at all: where it cannot, it is one that was refused.
    ///
    /// - Parameters:
    ///   - kind: What it would have been.
    ///   - name: What it would have worked on.
    ///   - admission: Who asked for it.
    ///   - body: The look.
    /// - Returns: What the body returned.
    /// - Throws: What the body throws.
    func admissible<Value>(
        _ kind: OperationKind,
        _ name: String,
        _ admission: AdmissionOptions,
        _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch {
            // The id may be taken: then there is one operation of that id already, and this one stays without.
            let operation = try? self.operations.begin(
                kind,
                id: admission.operationID,
                name: name,
                client: admission.client,
                priority: admission.priority
            )
            if let operation {
                admission.onQueued?(operation)
                operation.finish(.failure(error), isRemembered: false)
            }
            throw error
        }
    }
}
