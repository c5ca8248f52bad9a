import Contracts
import Failures
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Sales

@Suite struct StaffTests {
    @Test("seeding tells of everybody once, however often it is done")
    func seedingTwice() async throws {
        try await Agency.open { agency in
            #expect(try await agency.spine.events(of: StaffChanged.self).count == 7)
            try await agency.app.seedStaff(try Samples.staff())
            #expect(try await agency.spine.events(of: StaffChanged.self).count == 7)
            try await agency.app.seedStaff(try Samples.staff(agentName: "林晓"))
            let all = try await agency.spine.events(of: StaffChanged.self)
            #expect(all.count == 8)
            #expect(all.last?.name == "林晓")
            #expect(all.last?.managerID == agency.staff["manager"]?.id)
            #expect(all.last?.teamName == "river 组")
        }
    }

    @Test("going off shift is told once and survives a restart")
    func shift() async throws {
        try await Agency.open { agency in
            let id = try agency.member("agent").id
            _ = try await agency.app.changeShift(of: id, isOnShift: false, cause: .staff(id))
            _ = try await agency.app.changeShift(of: id, isOnShift: false, cause: .staff(id))
            try await agency.app.seedStaff(try Samples.staff())
            let told = try await agency.spine.events(of: StaffChanged.self)
            #expect(told.count == 8)
            #expect(told.last?.isOnShift == false)
        }
    }

    @Test("a manager of all is the head")
    func head() async throws {
        try await Agency.open { agency in
            #expect(agency.staff["head"]?.role == .head)
            #expect(agency.staff["second"]?.email == "second@x.example")
        }
    }

    @Test("the right password lets in, a wrong one and a stranger are told the same")
    func signIn() async throws {
        try await Agency.open { agency in
            let cause = Cause(actor: "test")
            let signIn = agency.app.signIn
            let staff = try await signIn(
                email: "Agent@X.example",
                password: Agency.password,
                at: "10.0.0.1",
                cause: cause
            )
            #expect(staff.id == agency.staff["agent"]?.id)
            let wrong = await #expect(throws: Rejection.self) {
                try await signIn(email: "agent@x.example", password: "wrong", at: "10.0.0.1", cause: cause)
            }
            let stranger = await #expect(throws: Rejection.self) {
                try await signIn(email: "nobody@x.example", password: "wrong", at: "10.0.0.1", cause: cause)
            }
            #expect(wrong == stranger)
            #expect(wrong?.kind == .unauthorized)
        }
    }

    @Test("who guesses waits, longer each time; the person signs in from elsewhere, and others from the same place")
    func throttled() async throws {
        try await Agency.open { agency in
            let cause = Cause(actor: "test")
            let signIn = agency.app.signIn
            for _ in 0..<5 {
                await #expect(throws: Rejection.self) {
                    try await signIn(email: "agent@x.example", password: "wrong", at: "10.0.0.1", cause: cause)
                }
            }
            let throttled = await #expect(throws: Throttled.self) {
                try await signIn(email: "agent@x.example", password: Agency.password, at: "10.0.0.1", cause: cause)
            }
            #expect((1...5).contains(throttled?.retryAfterSeconds ?? 0))
            let elsewhere = "10.0.0.2"
            _ = try await signIn(email: "agent@x.example", password: Agency.password, at: elsewhere, cause: cause)
            _ = try await signIn(email: "manager@x.example", password: Agency.password, at: "10.0.0.1", cause: cause)
            try await agency.spine.fireTimers([], now: agency.spine.clock.now.addingTimeInterval(6))
            _ = try await signIn(email: "agent@x.example", password: Agency.password, at: "10.0.0.1", cause: cause)
        }
    }

    @Test("of twenty wrong passwords at once five are looked at")
    func throttledAtOnce() async throws {
        try await Agency.open { agency in
            let signIn = agency.app.signIn
            let throttled = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            _ = try await signIn(
                                email: "agent@x.example",
                                password: "no",
                                at: nil,
                                cause: Cause(actor: "test")
                            )
                            return false
                        } catch {
                            return error is Throttled
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(throttled == 15)
        }
    }

    @Test("a hash says its own parameters and matches only its password")
    func hash() async throws {
        let hasher = PasswordHasher(PasswordHash.Parameters(rounds: 16))
        let hash = try await hasher.hash("secret")
        #expect(hash.text.hasPrefix("scrypt$16$8$1$"))
        #expect(try await hasher.matches("secret", hash))
        #expect(try await !hasher.matches("Secret", hash))
        #expect(try await !hasher.matches("secret", nil))
        let stronger = PasswordHasher(PasswordHash.Parameters(rounds: 32))
        #expect(try await stronger.matches("secret", hash))
        #expect(try await hasher.hash("secret") != hash)
    }
}
