import Logging
import NIOCore
import NIOHTTP1

/// Time, as ``ConnectionWatch`` sees it.
extension RequestGate {
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        if self.phase.stage == .lingering {
            // All that is left has to go, so the time runs on.
        } else if context.channel.isWritable {
            // A few bytes of what is being sent may still wait for the client.
            if self.sending == nil { self.watch.writesFlow(at: now) }
        } else {
            self.watch.writesBlocked(at: now, delivered: self.socket.bytesDelivered)
            self.arm(context: context)
        }
        context.fireChannelWritabilityChanged()
    }

    /// Sees to it that the timer fires no later than something can be due.
    func arm(context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        guard let deadline = self.watch.nextLook(after: now, phase: self.phase, socket: self.socket),
            self.watch.needsTimer(at: deadline)
        else { return }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.watch.timerFired()
            self.look(context: context)
        }
        self.watch.setTimer(task, at: deadline)
    }

    private func look(context: ChannelHandlerContext) {
        if self.sendsWhatIsNotThere {
            self.logger.error("file became shorter while it was sent")
            self.abort()
            return
        }
        let due = self.watch.due(at: context.eventLoop.now, phase: self.phase, socket: self.socket)
        switch due {
        case .nothing:
            break
        case .headTimeout:
            let refusal = Refusal(.requestTimeout, "the request was not complete in time")
            self.refuse(refusal, version: .http1_1, isHead: false, context: context)
        case .close:
            self.closeWhenSent(context: context)
        case .tooSlow:
            self.logger.debug("client below the minimum rate")
            self.connection?.fireGone(.tooSlow)
        case .abort:
            self.abort()
        }
        if context.channel.isActive { self.arm(context: context) }
    }
}
