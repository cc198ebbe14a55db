import Synchronization

/// Long work in the background holds no slot for all of its time: it takes one for each piece, and none in between.
extension ResourceManager {
    /// Waits for a slot for one piece of an operation that itself holds none.
    ///
    /// The piece is counted as an operation of its kind by the queue, and shows in no list: progress is told to the
    /// operation. The watchdog looks at the piece, so advance ``Slot/operation`` too.
    ///
    /// Cancelling the task cancels the piece while this waits.
    ///
    /// - Parameters:
    ///   - operation: The operation of which it is a piece.
    ///   - memory: The bytes of memory that the piece will really hold.
    ///   - deadline: How long it may wait.
    ///   - name: What the piece works on, where those who measure are to be told of its end as of an operation's.
    /// - Returns: A slot that the caller has to ``Slot/finish(_:)``.
    /// - Throws: ``OperationError`` when it was not admitted.
    package func admitPiece(
        of operation: Operation,
        memory: Int,
        deadline: Duration,
        name: String? = nil
    ) async throws -> Slot {
        try operation.checkCancellation()
        return try await self.slot(
            for: self.tracker.makePiece(of: operation, name: name),
            memory: memory,
            deadline: deadline,
            within: nil
        )
    }

    /// Whether anything waits for a slot: the time for work in the background to give its own back.
    package var isWaitedFor: Bool { self.state.withLock { !$0.queue.waiters.isEmpty } }
}
