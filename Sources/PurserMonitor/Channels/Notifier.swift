public import Foundation
public import Logging
public import ServiceLifecycle

/// Gives every change of an alert to each channel that takes alerts of its severity.
///
/// No channel delays another, nor whoever sends.
public final class Notifier: Service {
    /// The channels.
    public let channels: [AlertChannel]

    /// Makes the channels of a configuration.
    ///
    /// - Parameters:
    ///   - configuration: Who is told, see ``ChannelConfiguration/problems()``.
    ///   - product: What Purser calls itself to receivers, such as `purser/1.0`.
    ///   - clock: Measures time limits and the waits between attempts.
    ///   - now: The time that signatures and mails carry.
    ///   - logger: The log channel's, and where channels say what they gave up.
    public convenience init(
        _ configuration: ChannelConfiguration,
        product: String = "purser",
        clock: any Clock<Duration> = .continuous,
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) {
        let surroundings = ChannelSurroundings(product: product, clock: clock, now: now, logger: logger)
        var channels: [AlertChannel] = []
        if configuration.log.isEnabled { channels.append(LogChannel.make(configuration.log, surroundings)) }
        channels += configuration.webhooks.map { WebhookChannel.make($0, surroundings) }
        if let email = configuration.email { channels.append(EmailChannel.make(email, surroundings)) }
        self.init(channels: channels)
    }

    init(channels: [AlertChannel]) {
        self.channels = channels
    }

    /// Puts changes in the channels' queues; never waits.
    public func send(_ notifications: [AlertNotification]) {
        for notification in notifications {
            for channel in self.channels { channel.offer(notification) }
        }
    }

    /// Runs the channels until its task is cancelled or the service stops; one that fails leaves the others alone.
    public func run() async throws {
        await withDiscardingTaskGroup { group in
            for channel in self.channels {
                group.addTask { await channel.runUntilTheEnd() }
            }
        }
    }
}

/// What all channels are made with.
struct ChannelSurroundings: Sendable {
    var product: String
    var clock: any Clock<Duration>
    var now: @Sendable () -> Date
    var random: @Sendable () -> Double = { Double.random(in: 0...1) }
    var logger: Logger

    func channel(
        _ name: String,
        _ minimumSeverity: AlertSeverity,
        _ configuration: DeliveryConfiguration,
        session: @escaping AlertChannel.Session
    ) -> AlertChannel {
        AlertChannel(
            name: name,
            minimumSeverity: minimumSeverity,
            configuration: configuration,
            clock: self.clock,
            random: self.random,
            logger: self.logger,
            session: session
        )
    }
}
