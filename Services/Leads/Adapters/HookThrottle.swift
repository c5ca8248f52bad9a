import Foundation
import Policies
import Synchronization

/// How many posts a hook without a signature takes: nobody proves there who they are.
struct HookPolicy: Policy {
    static let name = "intake.hook"
    static let standard = HookPolicy()

    /// Posts within a minute from one address to one channel.
    var perAddress = 10
    /// Posts within a minute to one channel from all addresses together.
    var perChannel = 600

    static let fields: [PolicyField<HookPolicy>] = [
        PolicyField(\.perAddress, "perAddress", .count, 1...10_000),
        PolicyField(\.perChannel, "perChannel", .count, 1...100_000),
    ]
}

/// Counts posts to hooks without a signature, by channel and by channel and address, a minute at a time.
///
/// Each replica counts what it is sent; addresses are never written down.
final class HookThrottle: Sendable {
    private static let minute = 60

    private struct Key: Hashable {
        let channel: String
        /// Nil for all addresses together.
        let address: String?
    }

    private struct Counts {
        var minute = 0
        var posts: [Key: Int] = [:]
    }

    private let counts = Mutex(Counts())

    /// Counts a post, unless there were too many.
    /// - Returns: how many seconds to wait then; nil when it may come in.
    func wait(_ channel: String, from address: String?, _ policy: HookPolicy, now: Date) -> Int? {
        let second = Int(now.timeIntervalSince1970)
        let own = Key(channel: channel, address: address ?? "")
        let all = Key(channel: channel, address: nil)
        return counts.withLock { counts in
            if counts.minute != second / Self.minute { counts = Counts(minute: second / Self.minute) }
            let posts = (own: counts.posts[own] ?? 0, all: counts.posts[all] ?? 0)
            guard posts.own < policy.perAddress, posts.all < policy.perChannel else {
                return Self.minute - second % Self.minute
            }
            counts.posts[own] = posts.own + 1
            counts.posts[all] = posts.all + 1
            return nil
        }
    }
}
