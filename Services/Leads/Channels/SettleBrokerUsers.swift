import Contracts
import Foundation
import Logging
import Messaging
import Metrics
import ServiceLifecycle

/// Tells the broker what the channels' rows say of its users.
///
/// The row is first: whatever happens between it and the broker's answer, the step is simply repeated, since doing it twice
/// changes nothing. No transaction is open while the broker is asked.
struct SettleBrokerUsers: Sendable {
    let spine: Spine
    /// Nil where no management interface is configured.
    let broker: BrokerManagement?

    /// Carries out what is to be done; with `checking` also what was done before, in case the broker has forgotten it.
    /// - Returns: whether everything is as it should be.
    @discardableResult
    func callAsFunction(checking: Bool = false) async throws -> Bool {
        guard let broker else { return true }
        let wishes = try await spine.read { tx in try await BrokerUserStore(tx).wishes(settled: checking) }
        var isSettled = true
        for wish in wishes {
            let fault = await carryOut(wish, broker)
            if fault != nil { isSettled = false }
            try await spine.perform(Cause(actor: "system")) { work in
                try await BrokerUserStore(work.tx).note(wish, fault: fault, at: work.now)
            }
        }
        return isSettled
    }

    private func carryOut(_ wish: BrokerWish, _ broker: BrokerManagement) async -> BrokerFault? {
        do throws(BrokerFault) {
            if let hash = wish.passwordHash {
                try await broker.keep(ChannelUser(name: wish.user, channel: wish.channel, passwordHash: hash))
            } else {
                try await broker.remove(wish.user)
            }
            return nil
        } catch {
            return error
        }
    }
}

/// Repeats what the broker could not be told, and looks now and then whether it still knows what it was told.
struct BrokerUserWatch: Service {
    let settle: SettleBrokerUsers
    let logger: Logger
    /// A broker that was set up anew, or imported its definitions again, is told within so long.
    private let calm: Duration = .seconds(60)
    private let hurried: Duration = .seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var pause = calm
                do {
                    if try await !settle(checking: true) { pause = hurried }
                } catch  where !Task.isCancelled {
                    logger.warning("broker users: will try again", metadata: ["error": "\(error)"])
                    pause = hurried
                } catch {
                    break
                }
                try? await Task.sleep(for: pause)
            }
        }
        await settle.broker?.close()
    }
}

extension LeadsApp {
    /// Gives a channel a broker user, or the one that it has another password, and tells the broker.
    func giveBrokerUser(to channel: String, _ cause: Cause) async throws -> ChannelSecret {
        let secret = try await spine.perform(cause) { try await keepChannels.wantBrokerUser(of: channel, $0) }
        try await settleBrokerUsers()
        return secret
    }

    /// Takes a channel's broker user away, and tells the broker.
    func takeBrokerUser(from channel: String, _ cause: Cause) async throws {
        try await spine.perform(cause) { try await keepChannels.unwantBrokerUser(of: channel, $0) }
        try await settleBrokerUsers()
    }
}
