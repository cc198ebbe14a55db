public import PurserOptimizer

extension OptimizerConfiguration {
    /// The defaults without the strategies that remove files.
    public static var removingNothing: OptimizerConfiguration {
        var configuration = OptimizerConfiguration()
        configuration.age.isEnabled = false
        configuration.sizeLimit.isEnabled = false
        return configuration
    }
}
