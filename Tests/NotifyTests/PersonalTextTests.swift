import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("texts that speak to somebody by name")
struct PersonalTextTests {
    private func due(_ stage: Stage) -> NurtureDue {
        var due = NurtureDue.example
        (due.uid, due.template) = (stage.uid, "nurture-welcome")
        return due
    }

    @Test("a step names the customer, who looks after them and the project")
    func known() async throws {
        try await Stage.open { stage in
            var received = stage.received
            received.need = Need(projects: ["binjiang"])
            try await stage.hears(received, about: stage.lead, uid: stage.uid)
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: 2)
            for _ in 0..<2 { try await stage.hears(due(stage), about: stage.uid, uid: stage.uid, id: UUID.v7()) }
            let project = PlaceNames.project("binjiang", in: .chinese)
            let text = try #require(try await stage.message("nurture-welcome", .sms)).text.body
            #expect(text == "【Lintel】张三，您好！感谢关注\(project)，Li Na随时为您解答。回复TD退订。")
            let mail = try #require(try await stage.message("nurture-welcome", .email)).text.body
            #expect(mail.hasPrefix("张三，您好！") && mail.contains("Li Na") && mail.contains(project))
        }
    }

    @Test("of whom nothing is known but a number, and whose agent has left, the text has words of its own")
    func unknown() async throws {
        try await Stage.open { stage in
            let card = PersonCard(name: " ", phones: ["+8613812345678"], language: "en")
            let consent = Consent(sms: true, email: true)
            try await stage.hears(
                PersonIdentified(uid: stage.uid, person: card, consent: consent, isNew: false),
                about: stage.uid,
                uid: stage.uid,
                sequence: 2
            )
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: 3)
            try await stage.hires(
                stage.agent,
                "Li Na",
                role: "agent",
                phone: nil,
                language: "en",
                sequence: 2,
                isActive: false
            )
            try await stage.hears(due(stage), about: stage.uid, uid: stage.uid)
            let text = try #require(try await stage.message("nurture-welcome", .sms))
            #expect(text.state == .queued)
            #expect(
                text.text.body
                    == "Lintel: dear customer, thank you for your interest in our projects. For any question, ask your adviser. Reply STOP to opt out."
            )
        }
    }

    @Test("there is a text for everything that sequences and messages to many may send, and none besides")
    func offered() throws {
        let templates = try Stage.templates()
        let marketing = templates.all.keys.filter { $0.hasPrefix("nurture-") }
        #expect(Set(marketing) == Set(MarketingText.all))
        for name in MarketingText.all {
            let texts = try #require(templates.all[name]?.texts, "\(name)")
            for channel in [Channel.sms, .email] {
                #expect(Set(texts[channel, default: [:]].keys) == Set(Language.allCases), "\(name) \(channel)")
            }
        }
    }

    @Test("every text to people who did not ask for it has words for what is not known, and says how to end it")
    func complete() throws {
        let templates = try Stage.templates()
        let ends: [Language: (text: String, mail: String)] = [
            .english: ("Reply STOP to opt out.", "If you would rather not hear from us, tell your adviser."),
            .chinese: ("回复TD退订。", "如不希望再收到此类邮件，请告知您的顾问。"),
        ]
        for name in MarketingText.all {
            let template = try #require(templates.all[name], "\(name)")
            #expect(
                template.variables.keys.contains("customer") && template.variables.keys.contains("agent"),
                "\(name)"
            )
            #expect(Set(template.fallbacks.keys) == Set(template.variables.keys), "\(name)")
            for language in Language.allCases {
                let end = try #require(ends[language])
                for channel in [Channel.sms, .email] {
                    let text = try templates.text(name, channel, language, [:])
                    #expect(!text.body.contains("{") && !text.body.contains("  "), "\(text.body)")
                    let isEnded = channel == .sms ? text.body.hasSuffix(end.text) : text.body.contains(end.mail)
                    #expect(isEnded, "\(name) \(channel) \(language)")
                }
            }
        }
    }

    @Test("words for what is not declared, or in one language only, stop the start; without them a text is not written")
    func faults() throws {
        func template(_ head: String) throws -> Template {
            let text = #""sms":{"en":{"text":"Hi {name}"},"zh-Hans":{"text":"您好{name}"}}"#
            return try Template(name: "x", json: Data("{\(head),\(text)}".utf8))
        }
        #expect(throws: TemplateFault.self) {
            try template(#""variables":{"name":"text"},"fallbacks":{"age":{"en":"x","zh-Hans":"x"}}"#)
        }
        #expect(throws: TemplateFault.self) {
            try template(#""variables":{"name":"text"},"fallbacks":{"name":{"en":"x"}}"#)
        }
        #expect(throws: TemplateFault.self) {
            try template(#""variables":{"name":"text"},"fallbacks":{"name":{"en":"x","zh-Hans":""}}"#)
        }
        #expect(try template(#""variables":{"name":"text"}"#).fallbacks.isEmpty)
    }

    @Test("the page shows each text in both languages, by both means, as it is sent, to whoever is signed in")
    func page() async throws {
        try await Stage.open { stage in
            let signIn = try TestSignIn()
            let client = RouteClient(try RouteTests.server(stage, signIn).responder, signIn: signIn)
            #expect(try await client.get("/notify/templates", as: nil).status != 200)
            let page = try await client.get("/notify/templates", as: stage.principal(.marketing))
            #expect(page.status == 200)
            #expect(page.text.contains("张三，您好！感谢关注我们的项目，李娜随时为您解答。"))
            #expect(page.text.contains("dear Zhang San, thank you for your interest in our projects."))
            #expect(!page.text.contains("{customer}"))
        }
    }
}
