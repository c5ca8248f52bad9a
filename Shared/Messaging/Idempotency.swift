import Failures
import Postgres

/// An answer that may have to be given again.
public struct StoredAnswer: Sendable, Equatable {
    public let status: Int
    public let json: [UInt8]

    public init(status: Int, json: [UInt8]) {
        self.status = status
        self.json = json
    }
}

extension Spine {
    /// Does work once per `key`: the same request again gets the first one's answer and changes nothing.
    ///
    /// Without a key it is simply done. Two requests with the same key at once: the second waits for the first.
    /// `scope` says who asks for what (`staff:<id> POST /sales/api/v1/deals`), `digest` is of the request's body: the key
    /// with another body is a ``Failures/Rejection`` `idempotency-key-reused`.
    public func once(
        _ cause: Cause,
        scope: String,
        key: String?,
        digest: String,
        _ body: @Sendable (Work) async throws -> StoredAnswer
    ) async throws -> StoredAnswer {
        try await perform(cause) { work in
            guard let key else { return try await body(work) }
            let store = IdempotencyStore(tx: work.tx)
            try await store.lock(scope: scope, key: key)
            if let (known, answer) = try await store.answer(scope: scope, key: key) {
                guard known == digest else {
                    throw Rejection(
                        .conflict,
                        "idempotency-key-reused",
                        "The Idempotency-Key was used for another request."
                    )
                }
                return answer
            }
            let answer = try await body(work)
            try await store.keep(answer, scope: scope, key: key, digest: digest)
            return answer
        }
    }
}

/// The SQL of answers that were given.
struct IdempotencyStore: Sendable {
    let tx: Transaction

    func lock(scope: String, key: String) async throws {
        try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(\(scope + " " + key), 0))")
    }

    func answer(scope: String, key: String) async throws -> (digest: String, answer: StoredAnswer)? {
        try await tx.first(
            """
            SELECT digest, status::bigint AS status, response
              FROM idempotency WHERE scope = \(scope) AND key = \(key)
            """
        ) { row in
            let response: Bytes = try row["response"]
            return (try row["digest"], StoredAnswer(status: try row["status"], json: response.bytes))
        }
    }

    func keep(_ answer: StoredAnswer, scope: String, key: String, digest: String) async throws {
        try await tx.execute(
            """
            INSERT INTO idempotency (scope, key, digest, status, response)
            VALUES (\(scope), \(key), \(digest), \(answer.status), \(Bytes(answer.json)))
            """
        )
    }
}
