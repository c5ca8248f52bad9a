import Failures
import Foundation
import JWTKit

/// Tells whose a sign-in token is, with the published key set alone.
///
/// Expiry goes by the real clock, never by a development clock: setting that forward must not sign everybody out.
public struct TokenVerifier: Sendable {
    private let keys: KeySet
    private let issuer: String
    private let audience: String

    /// Reads the key set (JWKS) from a file; the file is read again when a token names a key that is not known yet.
    public init(jwksFile: String, issuer: String, audience: String) throws {
        let json: String
        do {
            json = try String(contentsOfFile: jwksFile, encoding: .utf8)
        } catch {
            throw Failure(step: "read the key set \(jwksFile)", cause: error)
        }
        keys = try KeySet(json: json, file: jwksFile)
        self.issuer = issuer
        self.audience = audience
    }

    /// Takes the key set as it is.
    public init(jwks json: String, issuer: String, audience: String) throws {
        keys = try KeySet(json: json, file: nil)
        self.issuer = issuer
        self.audience = audience
    }

    /// The person whom the token was issued to.
    ///
    /// Throws a ``Rejection`` of kind `unauthorized`, with the code `token-expired` or `token-invalid`.
    public func principal(of token: String) async throws -> Principal {
        let claims: SessionClaims
        do {
            claims = try await keys.claims(of: token)
        } catch let error as JWTError where error.errorType == .claimVerificationFailure {
            throw Rejection(.unauthorized, "token-expired", "This sign-in has ended. Sign in again.")
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch {
            throw Self.invalid
        }
        guard claims.iss.value == issuer, claims.aud.value.contains(audience), let principal = claims.principal else {
            throw Self.invalid
        }
        return principal
    }

    private static let invalid = Rejection(.unauthorized, "token-invalid", "This is not a valid sign-in.")
}

/// The keys that tokens may be signed with.
private actor KeySet {
    private var json: String
    private var collection: JWTKeyCollection?
    private var lastRead = ContinuousClock.now
    private let file: String?
    /// Tokens whose signature was found good under these keys, so that somebody's every click does not cost the checking of it anew.
    private var known: [String: SessionClaims] = [:]
    private static let mostKnown = 10_000

    init(json: String, file: String?) throws {
        self.json = json
        self.file = file
        _ = try JSONDecoder().decode(JWKS.self, from: Data(json.utf8))
    }

    func claims(of token: String) async throws -> SessionClaims {
        if let claims = known[token] {
            try claims.exp.verifyNotExpired()
            return claims
        }
        do {
            return try await verified(token)
        } catch let error as JWTError where error.errorType == .claimVerificationFailure {
            throw error
        } catch {
            guard try readAgain() else { throw error }
            return try await verified(token)
        }
    }

    private func verified(_ token: String) async throws -> SessionClaims {
        let keys = try await keys()
        let claims = try await keys.verify(token, as: SessionClaims.self)
        // Other keys may have come while this one was looked at.
        guard keys === collection else { return claims }
        if known.count == Self.mostKnown { known.removeAll(keepingCapacity: true) }
        known[token] = claims
        return claims
    }

    private func keys() async throws -> JWTKeyCollection {
        if let collection { return collection }
        let fresh = JWTKeyCollection()
        try await fresh.add(jwksJSON: json)
        collection = fresh
        return fresh
    }

    /// Whether the file has other keys now; looked at no more than every ten seconds, so that forgeries cost nothing.
    private func readAgain() throws -> Bool {
        guard let file, lastRead.duration(to: .now) > .seconds(10) else { return false }
        lastRead = .now
        let fresh = try String(contentsOfFile: file, encoding: .utf8)
        guard fresh != json else { return false }
        json = fresh
        collection = nil
        known.removeAll()
        return true
    }
}
