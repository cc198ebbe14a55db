package import PurserOperations

/// How far an operation or a job is.
package struct JobProgressDocument: Codable, Sendable {
    package var fraction: Double
    package var bytesDone: Int64
    @OrNull package var bytesTotal: Int64?
    @OrNull package var step: String?
    @OrNull package var stepIndex: Int?
    @OrNull package var stepCount: Int?
    @OrNull package var stepFraction: Double?
    @OrNull package var message: String?

    package init(_ progress: OperationSnapshot.Progress) {
        self.fraction = progress.fraction
        self.bytesDone = progress.bytesDone
        self.bytesTotal = progress.bytesTotal
        self.step = progress.step
        self.stepIndex = progress.stepIndex
        self.stepCount = progress.stepCount
        self.stepFraction = progress.stepFraction
        self.message = progress.message
    }
}
