import Failures
import Foundation
import TestSupport
import Testing
import Web

@Suite("Sign-in tokens")
struct TokenTests {
    @Test("a token says who was signed in, to every service that has the key set")
    func roundTrip() async throws {
        let signIn = try TestSignIn()
        var person = DemoPages.agent
        person.teamID = UUID()
        person.projects = ["river-park"]
        person.language = .chinese
        let (token, expiresAt) = try await signIn.issuer.issue(for: person)
        #expect(try await signIn.verifier.principal(of: token) == person)
        #expect(expiresAt > Date())
    }

    @Test("a token that has ended is refused as ended")
    func expired() async throws {
        let signIn = try TestSignIn(lifetime: .seconds(-60))
        let (token, _) = try await signIn.issuer.issue(for: DemoPages.agent)
        await #expect(throws: Rejection(.unauthorized, "token-expired", "This sign-in has ended. Sign in again.")) {
            try await signIn.verifier.principal(of: token)
        }
    }

    @Test("a token that was good before is refused once it has ended")
    func endedMeanwhile() async throws {
        let signIn = try TestSignIn(lifetime: .seconds(2))
        var issued = try await signIn.issuer.issue(for: DemoPages.agent)
        // On a slow machine it may have ended before anybody looked at it.
        while (try? await signIn.verifier.principal(of: issued.token)) == nil {
            issued = try await signIn.issuer.issue(for: DemoPages.agent)
        }
        while Date() < issued.expiresAt { try await Task.sleep(for: .milliseconds(20)) }
        await #expect(throws: Rejection(.unauthorized, "token-expired", "This sign-in has ended. Sign in again.")) {
            try await signIn.verifier.principal(of: issued.token)
        }
    }

    @Test("a token signed with another key, for another audience or by another issuer is refused")
    func foreign() async throws {
        let ours = try TestSignIn()
        let others = [try TestSignIn(), try TestSignIn(audience: "elsewhere"), try TestSignIn(issuer: "somebody")]
        let otherKey = try await others[0].issuer.issue(for: DemoPages.agent).token
        await #expect(throws: Rejection.self) { try await ours.verifier.principal(of: otherKey) }
        for other in others.dropFirst() {
            let token = try await other.issuer.issue(for: DemoPages.agent).token
            await #expect(throws: Rejection.self) { try await other.verifier.principal(of: token) }
        }
    }

    @Test("a token with a changed claim or without a signature is refused", arguments: [true, false])
    func forged(keepsSignature: Bool) async throws {
        let signIn = try TestSignIn()
        let token = try await signIn.issuer.issue(for: DemoPages.agent).token
        var parts = token.split(separator: ".").map(String.init)
        let claims = String(decoding: try #require(Data(base64Encoded: padded(parts[1]))), as: UTF8.self)
        parts[1] = unpadded(Data(claims.replacing("\"agent\"", with: "\"admin\"").utf8))
        if !keepsSignature {
            parts[0] = unpadded(Data(#"{"alg":"none","typ":"JWT"}"#.utf8))
            parts[2] = ""
        }
        let forged = parts.joined(separator: ".")
        #expect(try await signIn.verifier.principal(of: token) == DemoPages.agent)
        await #expect(throws: Rejection.self) { try await signIn.verifier.principal(of: forged) }
    }

    @Test("a private key made by openssl signs people in")
    func opensslKey() async throws {
        let file = URL.temporaryDirectory.appending(path: "key-\(UUID().uuidString).pem")
        defer { try? FileManager.default.removeItem(at: file) }
        let pem = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
            -----END PRIVATE KEY-----
            """
        try pem.write(to: file, atomically: true, encoding: .utf8)
        let issuer = try TokenIssuer(privateKeyFile: file.path, issuer: "lintel", audience: "lintel")
        let verifier = try TokenVerifier(jwks: issuer.jwks, issuer: "lintel", audience: "lintel")
        let token = try await issuer.issue(for: DemoPages.agent).token
        #expect(try await verifier.principal(of: token).name == DemoPages.agent.name)
    }

    @Test("a role that this version does not know is kept and opens nothing")
    func unknownRole() {
        let role = Role("astronaut")
        #expect(role == .other("astronaut") && role.name == "astronaut")
        #expect(Role("supervisor") == .supervisor && Role.head.name == "head")
        var person = DemoPages.agent
        person.role = role
        #expect(!person.isOne(of: [.agent, .manager]))
    }

    private func padded(_ text: String) -> String {
        text.replacing("-", with: "+").replacing("_", with: "/")
            + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }

    private func unpadded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
