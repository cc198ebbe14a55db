/// How many scratch files and folders there may be.
public struct ScratchConfiguration: Sendable, Hashable {
    /// `resources.temp_files.limit`: scratch files and folders at the same time, of all operations; 1 to 100,000.
    public var limit = 100
    /// `resources.temp_files.wait_limit`: how long one may be waited for that names no limit of its own; 0 s refuses.
    public var waitLimit: Duration = .seconds(30)

    /// Takes the defaults.
    public init() {}

    /// Everything that is wrong with these settings; empty when they can be.
    public func problems() -> [SettingProblem] {
        var problems: [SettingProblem] = []
        if !(1...100_000).contains(self.limit) {
            problems.append(SettingProblem("resources.temp_files.limit", got: "\(self.limit)", takes: "1 to 100000"))
        }
        if self.waitLimit < .zero {
            problems.append(
                SettingProblem("resources.temp_files.wait_limit", got: "\(self.waitLimit)", takes: "0s or more")
            )
        }
        return problems
    }
}
