import AMQP
import Testing

@Suite("The broker's URL")
struct EndpointTests {
    @Test("all its parts are read, percent-encoded or not")
    func parts() throws {
        let plain = try Endpoint(
            url: "amqp://us%20er:p%40ss%3Aw@broker.example:5673/a%2Fb?heartbeat=7&connection_name=x"
        )
        #expect(plain.host == "broker.example" && plain.port == 5673)
        #expect(plain.user == "us er" && plain.password == "p@ss:w" && plain.virtualHost == "a/b")
        #expect(plain.heartbeat == 7 && plain.connectionName == "x" && plain.tls == nil)
        let secure = try Endpoint(url: "amqps://u:p@[::1]?cacertfile=/etc/ca.pem")
        #expect(secure.host == "::1" && secure.port == 5671 && secure.virtualHost == "/")
        #expect(secure.tls?.authorityFile == "/etc/ca.pem")
    }

    @Test(
        "what cannot be read is named, and the password never is",
        arguments: [
            ("http://u:secret@h", "scheme"), ("amqp://:secret@h", "user"), ("amqp://u@h", "password"),
            ("amqp://u:secret@h/a/b", "virtual host"), ("amqp://u:secret@h?heartbeat=0", "heartbeat"),
            ("amqps://u:secret@h", "cacertfile"), ("amqp://u:secret@h?cacertfile=/x", "cacertfile"),
            ("amqp://u:secret@h?colour=red", "colour"), ("amqp://u:secret@", "host"), ("amqp://u:sec%00ret@h", "NUL"),
        ]
    )
    func unreadable(url: String, part: String) throws {
        let error = try #require(throws: AMQPError.self) { try Endpoint(url: url) }
        #expect("\(error)".contains(part))
        #expect(!"\(error)".contains("secret"))
    }
}
