import Failures
public import Foundation

/// What a service's own table of staff says of somebody: whether sign-ins of theirs still count.
public struct Standing: Sendable, Equatable {
    /// False once they have left.
    public let isActive: Bool
    /// Sign-ins of an earlier epoch have ended.
    public let epoch: Int

    public init(isActive: Bool, epoch: Int) {
        self.isActive = isActive
        self.epoch = epoch
    }

    /// Looks somebody up; nil for those whom the service has not heard of yet.
    public typealias Lookup = @Sendable (UUID) async throws -> Standing?

    /// Whether a sign-in still counts.
    func admits(_ principal: Principal) -> Bool { isActive && principal.epoch >= epoch }

    static let ended = Rejection(.unauthorized, "token-revoked", "This sign-in has been ended. Sign in again.")
}
