import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Sales

@Suite("Passwords, and sign-ins that end")
struct PasswordTests {
    private struct Session: Decodable {
        let token: String
    }

    private static let path = "/sales/api/v1/staff/me/password"
    private static let fresh = "paper lantern at noon"

    private static func wish(_ old: String = Agency.password, _ new: String = fresh) -> String {
        #"{"old":"\#(old)","new":"\#(new)"}"#
    }

    private static func bearer(_ token: String) -> HTTPFields { [.authorization: "Bearer \(token)"] }

    @Test("another password ends every sign-in from before, and its answer is a new one")
    func changed() async throws {
        try await Agency.open { agency in
            let client = try Console(agency).client
            let agent = try agency.principal("agent")
            let answer = try await client.post(Self.path, json: Self.wish(), as: agent)
            #expect(answer.status == 200)
            let token = try answer.json(Session.self).token
            #expect(try await client.get("/sales/api/v1/staff/me", as: agent).status == 401)
            #expect(try await client.get("/sales/api/v1/staff/me", headers: Self.bearer(token)).status == 200)
            let told = try await agency.spine.events(of: StaffChanged.self).last
            #expect(told?.staffID == agency.staff["agent"]?.id)
            #expect(told?.signInEpoch == 1)
            let cause = Cause(actor: "test")
            let signIn = agency.app.signIn
            _ = try await signIn(email: "agent@x.example", password: Self.fresh, at: nil, cause: cause)
            await #expect(throws: Rejection.self) {
                try await signIn(email: "agent@x.example", password: Agency.password, at: nil, cause: cause)
            }
        }
    }

    @Test(
        "a password that the rule refuses is refused by name, and the old one stays",
        arguments: [
            ("short", "password-too-short"), ("aaaaaaaaaaaaaaaa", "password-too-plain"),
            ("my name is agent ok", "password-names-you"), (Agency.password, "password-unchanged"),
        ]
    )
    func refused(_ new: String, _ code: String) async throws {
        try await Agency.open { agency in
            let client = try Console(agency).client
            let agent = try agency.principal("agent")
            let answer = try await client.post(Self.path, json: Self.wish(Agency.password, new), as: agent)
            #expect(answer.status == 422)
            #expect(answer.text.contains(code))
            #expect(try await client.get("/sales/api/v1/staff/me", as: agent).status == 200)
        }
    }

    @Test("the old password is asked for, and guessing it is slowed down like signing in")
    func old() async throws {
        try await Agency.open { agency in
            let client = try Console(agency).client
            let agent = try agency.principal("agent")
            for _ in 0..<5 {
                let wrong = try await client.post(Self.path, json: Self.wish("wrong"), as: agent)
                #expect(wrong.status == 422)
                #expect(wrong.text.contains("old-password-wrong"))
            }
            #expect(try await client.post(Self.path, json: Self.wish("wrong"), as: agent).status == 429)
        }
    }

    @Test("the page changes it, stays signed in, and says what is wrong")
    func page() async throws {
        try await Agency.open { agency in
            let client = try Console(agency).client
            let agent = try agency.principal("agent")
            let shown = try await client.get("/sales/me/password", as: agent)
            #expect(shown.status == 200)
            #expect(shown.missingWords == [])
            let differ = ["old": Agency.password, "new": Self.fresh, "again": "other"]
            #expect(try await client.post("/sales/me/password", form: differ, as: agent).status == 422)
            let right = ["old": Agency.password, "new": Self.fresh, "again": Self.fresh]
            let done = try await client.post("/sales/me/password", form: right, as: agent)
            #expect(done.status == 303)
            #expect(done.headers[values: .setCookie].contains { $0.hasPrefix("lintel_session=") })
            #expect(try await client.get("/sales/me/password", as: agent).status == 303)
        }
    }

    @Test("who has left can go on with no sign-in from before, and gets no new one, also after coming back")
    func left() async throws {
        try await Agency.open { agency in
            let client = try Console(agency).client
            let agent = try agency.principal("agent")
            let admin = try agency.principal("admin")
            let base = "/sales/api/v1/staff"
            let leave = "\(base)/\(agent.staffID.uuidString.lowercased())/leave"
            #expect(try await client.post(leave, json: "{}", as: agency.principal("manager")).status == 403)
            let own = "\(base)/\(admin.staffID.uuidString.lowercased())/leave"
            #expect(try await client.post(own, json: "{}", as: admin).status == 409)
            for _ in 0..<2 { #expect(try await client.post(leave, json: "{}", as: admin).status == 200) }
            #expect(try await agency.spine.events(of: StaffChanged.self).suffix(1).map(\.isActive) == [false])
            #expect(try await agency.spine.events(of: StaffChanged.self).count == 8)
            #expect(try await client.get("\(base)/me", as: agent).status == 401)
            let cause = Cause(actor: "test")
            await #expect(throws: Rejection.self) {
                try await agency.app.signIn(
                    email: "agent@x.example",
                    password: Agency.password,
                    at: nil,
                    cause: cause
                )
            }
            let back = leave.replacing("/leave", with: "/return")
            #expect(try await client.post(back, json: "{}", as: admin).status == 200)
            #expect(try await client.get("\(base)/me", as: agent).status == 401)
            let again = try await agency.app.signIn(
                email: "agent@x.example",
                password: Agency.password,
                at: nil,
                cause: cause
            )
            #expect(again.signInEpoch == 1)
        }
    }
}
