import Contracts
import Foundation
import Testing

@Suite("Consent on the wire")
struct ConsentTests {
    @Test("a means by itself speaks of every purpose, as it did before there were purposes")
    func means() throws {
        let old = try Wire.decoder.decode(Consent.self, from: Data(#"{"sms": true, "email": false}"#.utf8))
        for purpose in ConsentPurpose.allCases {
            #expect(old[purpose, .sms] == true)
            #expect(old[purpose, .email] == false)
            #expect(old[purpose, .call] == nil)
        }
        #expect(old.scopes.allowed == ConsentScope(by: .sms))
        #expect(old.scopes.refused == ConsentScope(by: .email))
    }

    @Test("what is said of a purpose goes before what is said of all, and a purpose nobody knows is nothing")
    func purposes() throws {
        let text =
            #"{"sms": true, "purposes": {"marketing": {"sms": false, "email": true}, "profiling": {"sms": true}}}"#
        let said = try Wire.decoder.decode(Consent.self, from: Data(text.utf8))
        #expect(said[.marketing, .sms] == false)
        #expect(said[.marketing, .email] == true)
        #expect(said[.service, .sms] == true)
        #expect(said[.service, .email] == nil)
        #expect(said.scopes.refused == ConsentScope(.marketing, by: .sms))
    }

    @Test(
        "whoever reads the means only does nothing that is not allowed for every purpose",
        arguments: [
            ([ConsentScope(by: .sms)], [], Bool?.some(true)), ([], [ConsentScope(by: .sms)], false),
            ([ConsentScope(.service, by: .sms), ConsentScope(.marketing, by: .sms)], [], nil),
            ([ConsentScope(.service, by: .sms)], [ConsentScope(.marketing, by: .sms)], nil),
            ([ConsentScope(.marketing, by: .sms)], [ConsentScope(.service, by: .sms)], false), ([], [], nil),
        ]
    )
    func strict(_ allowed: [ConsentScope], _ refused: [ConsentScope], _ sms: Bool?) throws {
        let scopes = (ConsentScope(allowed), ConsentScope(refused))
        let consent = Consent(allowed: scopes.0, refused: scopes.1)
        #expect(consent.sms == sms)
        #expect(consent.scopes.allowed == scopes.0)
        #expect(consent.scopes.refused.isSuperset(of: scopes.1))
        let wire = try Wire.decoder.decode(Consent.self, from: try Wire.encoder.encode(consent))
        #expect(wire == consent)
    }

    @Test("a scope is read back from its names, and names that nobody knows are left out")
    func names() {
        let all: [ConsentScope] = ConsentMeans.allCases.flatMap { means in
            ConsentPurpose.allCases.map { ConsentScope($0, by: means) }
        }
        for first in all {
            for second in all {
                let scope = first.union(second)
                #expect(ConsentScope(names: scope.names) == scope)
            }
        }
        #expect(ConsentScope(by: .sms).names == ["sms"])
        #expect(
            ConsentScope(names: ["marketing.sms", "profiling.sms", "marketing.fax", ""]).names == ["marketing.sms"]
        )
    }

    @Test("the examples, which have purposes, are read back the same")
    func examples() throws {
        func reads<Message: Contract>(_ message: Message) throws {
            #expect(try Wire.decoder.decode(Message.self, from: Data(try Wire.json(of: message).utf8)) == message)
        }
        try reads(SubmitLead.example)
        try reads(PersonIdentified.example)
        try reads(ConsentChanged.example)
    }
}
