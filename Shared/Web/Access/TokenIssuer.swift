import Crypto
import Failures
public import Foundation
import JWTKit

/// Signs people in: makes the token that every service can check alone.
///
/// Only Sales has one.
public struct TokenIssuer: Sendable {
    private let key: Curve25519.Signing.PrivateKey
    private let issuer: String
    private let audience: String
    private let lifetime: Duration

    /// Reads an Ed25519 private key in PKCS #8 PEM, as `openssl genpkey -algorithm ed25519` writes it.
    public init(
        privateKeyFile: String,
        issuer: String,
        audience: String,
        lifetime: Duration = .seconds(8 * 3600)
    ) throws {
        do {
            let pem = try String(contentsOfFile: privateKeyFile, encoding: .utf8)
            key = try PrivateKeyPEM.read(pem)
        } catch {
            throw Failure(step: "read the private key \(privateKeyFile)", cause: error)
        }
        self.issuer = issuer
        self.audience = audience
        self.lifetime = lifetime
    }

    /// A token for the person, and when it ends.
    public func issue(for principal: Principal) async throws -> (token: String, expiresAt: Date) {
        let issuedAt = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
        let expiresAt = issuedAt.addingTimeInterval(TimeInterval(lifetime.components.seconds))
        let claims = SessionClaims(
            principal,
            issuer: issuer,
            audience: audience,
            issuedAt: issuedAt,
            expiresAt: expiresAt
        )
        let identifier = JWKIdentifier(string: key.publicKey.thumbprint)
        let keys = JWTKeyCollection()
        await keys.add(eddsa: EdDSA.PrivateKey(backing: key), kid: identifier)
        return (try await keys.sign(claims, kid: identifier), expiresAt)
    }

    /// The key set to publish, as JSON.
    public var jwks: String { key.publicKey.jwks }

    /// Makes a fresh pair of files: the private key (mode 600) and the key set that verifies it.
    public static func generateKeys(privateKeyFile: String, jwksFile: String) throws {
        let key = Curve25519.Signing.PrivateKey()
        let pem = Data(PrivateKeyPEM.write(key).utf8)
        let written = FileManager.default.createFile(
            atPath: privateKeyFile,
            contents: pem,
            attributes: [.posixPermissions: 0o600]
        )
        guard written else {
            throw Failure(step: "write the private key", cause: CocoaError(.fileWriteUnknown))
        }
        try key.publicKey.jwks.write(toFile: jwksFile, atomically: true, encoding: .utf8)
    }
}

/// PKCS #8 for Ed25519 (RFC 8410): a fixed prefix and the 32 bytes of the key.
private enum PrivateKeyPEM {
    struct Malformed: Error {}

    private static let prefix = Data([
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ])

    static func read(_ pem: String) throws -> Curve25519.Signing.PrivateKey {
        let body = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        guard let der = Data(base64Encoded: body), der.count == prefix.count + 32, der.starts(with: prefix) else {
            throw Malformed()
        }
        return try Curve25519.Signing.PrivateKey(rawRepresentation: der.suffix(32))
    }

    static func write(_ key: Curve25519.Signing.PrivateKey) -> String {
        let body = (prefix + key.rawRepresentation).base64EncodedString()
        return "-----BEGIN PRIVATE KEY-----\n\(body)\n-----END PRIVATE KEY-----\n"
    }
}

extension Curve25519.Signing.PublicKey {
    /// The key's RFC 7638 thumbprint, which is its name.
    fileprivate var thumbprint: String {
        let canonical = #"{"crv":"Ed25519","kty":"OKP","x":"\#(rawRepresentation.base64URL)"}"#
        return Data(SHA256.hash(data: Data(canonical.utf8))).base64URL
    }

    fileprivate var jwks: String {
        let x = rawRepresentation.base64URL
        return #"{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"\#(thumbprint)","x":"\#(x)"}]}"#
    }
}
