import Crypto
import CryptoExtras
import Foundation
import Threads

/// Hashes passwords with scrypt, one after another on a thread of its own: it takes long on purpose and must hold up
/// neither requests nor Swift's cooperative threads.
actor PasswordHasher {
    private let thread = OwnedThread(name: "scrypt")
    private let parameters: PasswordHash.Parameters
    /// Checked against when nobody has the address, so that a stranger waits as long as a member of staff.
    private var decoy: PasswordHash?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ parameters: PasswordHash.Parameters = .init()) { self.parameters = parameters }

    deinit { thread.finish() }

    func hash(_ password: String) throws -> PasswordHash {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
        return PasswordHash(parameters, salt: salt, key: try derive(password, salt, parameters))
    }

    /// Whether the password is the one that was hashed.
    ///
    /// Takes as long when there is no hash at all, and says no.
    func matches(_ password: String, _ hash: PasswordHash?) throws -> Bool {
        let expected = try hash ?? decoyHash()
        guard let (parameters, salt, key) = expected.parts else { return false }
        // Keys compare in constant time.
        let isEqual = try derive(password, salt, parameters) == key
        return isEqual && hash != nil
    }

    private func decoyHash() throws -> PasswordHash {
        if let decoy { return decoy }
        let made = try hash(UUID().uuidString)
        decoy = made
        return made
    }

    private func derive(_ password: String, _ salt: Data, _ parameters: PasswordHash.Parameters) throws -> SymmetricKey
    {
        // Composed form, so that a name typed on another keyboard system gives the same bytes.
        let bytes = Data(password.precomposedStringWithCanonicalMapping.utf8)
        return try KDF.Scrypt.deriveKey(
            from: bytes,
            salt: salt,
            outputByteCount: 32,
            rounds: parameters.rounds,
            blockSize: parameters.blockSize,
            parallelism: parameters.parallelism
        )
    }
}
