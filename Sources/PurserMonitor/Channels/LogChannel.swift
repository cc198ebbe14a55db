import Logging

/// The channel that writes alerts to the log.
enum LogChannel {
    static func make(_ configuration: LogChannelConfiguration, _ surroundings: ChannelSurroundings) -> AlertChannel {
        let logger = surroundings.logger
        return surroundings.channel("log", configuration.minimumSeverity, DeliveryConfiguration()) { serve in
            try await serve { Self.write($0, to: logger) }
        }
    }

    private static func write(_ notification: AlertNotification, to logger: Logger) {
        let alert = notification.alert
        var metadata: Logger.Metadata = [
            "purser.alert.id": "\(alert.id)", "purser.alert.rule": "\(alert.rule)",
            "purser.alert.severity": "\(alert.severity.rawValue)", "purser.alert.subject": "\(alert.subject)",
            "purser.alert.message": "\(alert.message)",
        ]
        if let value = alert.value { metadata["purser.alert.value"] = "\(value)" }
        if let threshold = alert.threshold { metadata["purser.alert.threshold"] = "\(threshold)" }
        switch notification.event {
        case .firing: logger.log(level: alert.severity.logLevel, "alert fires", metadata: metadata)
        case .acknowledged: logger.info("alert acknowledged", metadata: metadata)
        case .resolved: logger.notice("alert resolved", metadata: metadata)
        }
    }
}

extension AlertSeverity {
    var logLevel: Logger.Level {
        switch self {
        case .info: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
