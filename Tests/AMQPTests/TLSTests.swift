import AMQP
import Foundation
import TestSupport
import Testing

@Suite("TLS")
struct TLSTests {
    @Test("the broker's certificate is verified: right authority yes, wrong authority no, wrong host name no")
    func verified() async throws {
        try await PrivateBroker.running(prepare: makeCertificates) { broker in
            let folder = broker.folder.appending(path: "tls").path
            let right = try await state(of: broker, host: "localhost", authority: "\(folder)/ca.pem")
            #expect(right == .running)
            let wrong = try await state(of: broker, host: "localhost", authority: "\(folder)/other.pem")
            #expect(error(in: wrong)?.contains("SSL peer cert verification failed") == true, "\(wrong)")
            let elsewhere = try await state(of: broker, host: "127.0.0.1", authority: "\(folder)/ca.pem")
            #expect(error(in: elsewhere)?.contains("SSL hostname verification failed") == true, "\(elsewhere)")
            let missing = try await state(of: broker, host: "localhost", authority: "\(folder)/none.pem")
            #expect(error(in: missing)?.contains("none.pem") == true, "\(missing)")
        }
    }

    /// What a publisher makes of the broker in the end.
    private func state(of broker: PrivateBroker, host: String, authority: String) async throws -> ConnectionState {
        var endpoint = broker.endpoint
        (endpoint.host, endpoint.port) = (host, broker.tlsPort)
        endpoint.tls = .init(authorityFile: authority)
        let publisher = Publisher(endpoint, logger: quiet)
        return try await running([publisher]) {
            try await eventually("it is decided") { publisher.state == .running || error(in: publisher.state) != nil }
            return publisher.state
        }
    }

    private func error(in state: ConnectionState) -> String? {
        if case .connecting(_, let error) = state { error } else { nil }
    }

    /// Two authorities, and a certificate for `localhost` from the first.
    private func makeCertificates(_ folder: URL) async throws {
        let tls = folder.appending(path: "tls")
        try FileManager.default.createDirectory(at: tls, withIntermediateDirectories: true)
        func openssl(_ line: String) async throws {
            let words = line.replacing("TLS/", with: tls.path + "/").split(separator: " ").map(String.init)
            try await shell("/usr/bin/openssl", words)
        }
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        try await openssl("req -x509 \(key) -keyout TLS/ca.key -out TLS/ca.pem -subj /CN=authority")
        try await openssl("req -x509 \(key) -keyout TLS/other.key -out TLS/other.pem -subj /CN=other")
        try await openssl(
            "req -x509 \(key) -keyout TLS/key.pem -out TLS/cert.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost"
                + " -addext basicConstraints=critical,CA:FALSE -CA TLS/ca.pem -CAkey TLS/ca.key"
        )
    }
}
