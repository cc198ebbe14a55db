public import PurserOperations

extension FileStorageManager {
    /// Runs work of one's own as an operation: it waits for a slot, is shown beside all others, and can be cancelled.
    ///
    /// ```swift
    /// let pages = try await manager.withOperation("scan 12", steps: ["read", OperationStep("convert", weight: 8)]) {
    ///     operation in
    ///     operation.begin("read")
    ///     let scan = try await manager.download(from: .default, key: key, upTo: 50_000_000)
    ///     operation.begin("convert")
    ///     return try convert(scan) { done in operation.update(fraction: done, message: "converting") }
    /// }
    /// ```
    ///
    /// Cancelling the calling task cancels the operation, and cancelling the operation cancels the task in which the
    /// body runs; either way the call returns when the body has ended. What the body asks of the manager, transfers
    /// included, runs in the operation's own slot, so that it never waits for another: memory is reserved for it, and has
    /// to be free. What makes no progress for `resources.operation_timeout` is cancelled, so say how it comes along.
    ///
    /// - Parameters:
    ///   - name: What it works on, for people.
    ///   - steps: Its steps in order, with their weights; a name alone has the weight 1.
    ///   - options: Priority, client, memory, callbacks.
    ///   - body: The work. It tells its progress to the operation.
    /// - Returns: What the body returned.
    /// - Throws: `OperationError` where it is not admitted, is cancelled or times out; else what the body throws.
    public func withOperation<Value: Sendable>(
        _ name: String,
        steps: [OperationStep] = [],
        options: OperationOptions = OperationOptions(),
        _ body: @escaping @Sendable (PurserOperations.Operation) async throws -> Value
    ) async throws -> Value {
        try await self.withSlot(
            for: options.kind,
            bytes: options.bytesTotal,
            memory: options.memory,
            name: name,
            label: options.label,
            options.admission,
            onRegistered: { operation in
                if !steps.isEmpty { operation.setSteps(steps) }
            },
            { slot in try await body(slot.operation) }
        )
    }

    /// Runs a body in a slot, as the one who asks wants it: the way of all calls that are operations.
    func withSlot<Value: Sendable>(
        for kind: OperationKind,
        bytes: Int64? = nil,
        memory: Int,
        name: String,
        label: String? = nil,
        _ admission: AdmissionOptions,
        onRegistered: (@Sendable (PurserOperations.Operation) -> Void)? = nil,
        _ body: @escaping @Sendable (Slot) async throws -> Value
    ) async throws -> Value {
        let report = admission.onProgress.map { ProgressReport(to: $0) }
        let trace = OperationTrace()
        defer { trace.end() }
        do {
            let value = try await self.resources.withSlot(
                for: kind,
                bytes: bytes,
                memory: memory,
                name: name,
                client: admission.client,
                priority: admission.priority,
                deadline: admission.deadline,
                id: admission.operationID,
                label: label,
                onQueued: { operation in
                    trace.begin(operation)
                    onRegistered?(operation)
                    report?.begin(operation)
                    admission.onQueued?(operation)
                },
                body
            )
            await report?.end()
            return value
        } catch {
            await report?.end()
            throw error
        }
    }
}
