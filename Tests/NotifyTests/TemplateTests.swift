import Contracts
import Foundation
import Testing
import Web

@testable import Notify

@Suite("texts")
struct TemplateTests {
    /// Notices of every rule, from the contracts' own examples.
    private static var everyNotice: [Notice] { ofLeads + ofSales + ofService }

    private static var ofLeads: [Notice] {
        var notices = NotificationRules.leadReceived.notices(.example)
        notices += NotificationRules.leadAssigned.notices(.example) + NotificationRules.leadTouched.notices(.example)
        notices += NotificationRules.leadsExported.notices(.example) + NotificationRules.leadsOffered.notices(.example)
        notices += NotificationRules.audienceReady.notices(.example)
        for step in ["remind", "reassign", "manager"] {
            notices += changed(NotificationRules.leadResponseOverdue, .example) { $0.step = step }
        }
        for step in ["owner", "manager", "pool"] {
            notices += changed(NotificationRules.leadIdle, .example) { $0.step = step }
        }
        for step in ["owner", "manager"] {
            notices += changed(NotificationRules.leadFollowUpDue, .example) { $0.step = step }
        }
        for outcome in ["done", "undone"] {
            notices += changed(NotificationRules.importEnded, .example) { $0.outcome = outcome }
        }
        for (state, previous) in [("pending", nil), ("earned", "pending"), ("paid", "earned")] {
            notices += changed(NotificationRules.referralChanged, .example) { referral in
                (referral.state, referral.previousState) = (state, previous)
            }
        }
        for template in MarketingText.all {
            notices += changed(NotificationRules.nurtureDue, .example) { $0.template = template }
        }
        let (owner, other) = (StaffID.new(), StaffID.new())
        for (owner, standIn, manager) in [(owner, nil, nil), (owner, other, nil), (nil, nil, other)] {
            notices += changed(NotificationRules.leadAnswered, .example) { answer in
                (answer.ownerID, answer.standInID, answer.managerID) = (owner, standIn, manager)
            }
        }
        return notices
    }

    private static var ofSales: [Notice] {
        NotificationRules.unitHeld.notices(.example) + NotificationRules.unitReleased.notices(.example)
            + NotificationRules.contractSigned.notices(.example) + NotificationRules.dealWon.notices(.example)
            + NotificationRules.customerUnmasked.notices(.example)
    }

    private static var ofService: [Notice] {
        var notices = NotificationRules.handoverOpened.notices(.example)
        notices += NotificationRules.handoverCompleted.notices(.example)
        notices += NotificationRules.caseOpened.notices(.example) + NotificationRules.caseReplied.notices(.example)
        notices += NotificationRules.caseClosed.notices(.example) + NotificationRules.slaBreached.notices(.example)
        notices += NotificationRules.caseReassigned.notices(.example) + NotificationRules.careDue.notices(.example)
        notices += NotificationRules.caseAnswered.notices(.example)
        return notices
    }

    private static func changed<Event>(
        _ rule: NotificationRule<Event>,
        _ example: Event,
        _ change: (inout Event) -> Void
    ) -> [Notice] {
        var event = example
        change(&event)
        return rule.notices(event)
    }

    @Test("every notice of every rule has a text for each of its channels in both languages")
    func complete() throws {
        let templates = try Stage.templates()
        var used: Set<String> = []
        for notice in Self.everyNotice {
            used.insert(notice.template)
            var variables = notice.variables
            if let link = notice.link { variables["link"] = .text("http://localhost:8080" + link) }
            for name in notice.names.keys { variables[name] = .text("Li Na") }
            for channel in notice.channels {
                for language in Language.allCases {
                    let text = try templates.text(notice.template, channel, language, variables)
                    #expect(!text.body.isEmpty)
                    #expect(!text.body.contains("{") && !text.subject.contains("{"))
                }
            }
        }
        // Of a text from nobody whom we know no event tells.
        used.insert("text-from-stranger")
        #expect(used == Set(templates.all.keys), "a text that no rule uses, or a rule without a text")
    }

    @Test("a variable that was not given is an error, in every text that declares it")
    func missing() throws {
        let templates = try Stage.templates()
        for notice in Self.everyNotice {
            for variable in notice.variables.keys where templates.all[notice.template]?.variables[variable] != nil {
                var variables = notice.variables
                variables["link"] = .text("x")
                for name in notice.names.keys { variables[name] = .text("x") }
                variables[variable] = nil
                #expect(throws: RenderingFault("template-variable-missing", variable)) {
                    try templates.text(notice.template, notice.channels[0], .english, variables)
                }
            }
        }
    }

    @Test("a value of another kind than declared is an error")
    func wrongKind() throws {
        #expect(throws: RenderingFault("template-variable-wrong-kind", "due")) {
            try Stage.templates().text("case-received", .sms, .english, ["number": .text("C-1"), "due": .text("soon")])
        }
    }

    @Test("a text that speaks of what is not declared, or lacks a language, stops the start")
    func faults() {
        let stranger = #"{"variables":{},"sms":{"en":{"text":"Hi {name}"},"zh-Hans":{"text":"您好"}}}"#
        #expect(throws: TemplateFault.self) { try Template(name: "x", json: Data(stranger.utf8)) }
        let half = #"{"variables":{},"sms":{"en":{"text":"Hi"}}}"#
        #expect(throws: TemplateFault.self) { try Template(name: "x", json: Data(half.utf8)) }
        let open = #"{"variables":{},"sms":{"en":{"text":"Hi {"},"zh-Hans":{"text":"您好"}}}"#
        #expect(throws: TemplateFault.self) { try Template(name: "x", json: Data(open.utf8)) }
    }

    @Test("Chinese text messages begin with the signature that operators ask for")
    func signature() throws {
        for template in try Stage.templates().all.values {
            guard let pattern = template.texts[.sms]?[.chinese] else { continue }
            guard case .literal(let beginning)? = pattern.body.pieces.first else {
                Issue.record("\(template.name) begins with a variable")
                continue
            }
            #expect(beginning.hasPrefix("【Lintel】"))
        }
    }

    @Test("a text message to a colleague takes two parts, also where a Chinese name stands in an English one")
    func parts() throws {
        let templates = try Stage.templates()
        for notice in Self.everyNotice where notice.purpose == .work && notice.channels.contains(.sms) {
            let link = try #require(notice.link.flatMap(ShortLink.init(long:)), "\(notice.template)")
            var variables = notice.variables
            variables["link"] = .text("https://crm.example.com" + link.short)
            variables["customer"] = variables["customer"].map { _ in .text("欧阳晓雪") }
            for name in notice.names.keys { variables[name] = .text("王小明") }
            for language in Language.allCases {
                let text = try templates.text(notice.template, .sms, language, variables)
                #expect(Self.parts(of: text.body) <= 2, "\(text.body)")
            }
        }
    }

    /// 160 characters of the default alphabet, or 70 of any, go in one message; in a chain each part loses some to its number.
    private static func parts(of text: String) -> Int {
        let (alone, chained) = GSMAlphabet.holds(text) ? (160, 153) : (70, 67)
        let length = text.utf16.count
        return length <= alone ? 1 : (length + chained - 1) / chained
    }

    @Test("values are written as the language writes them")
    func values() {
        let date = Date(timeIntervalSince1970: 1_795_316_645)
        #expect(TextVariable.time(date).written(in: .english, zone: .shanghai) == "22 Nov 11:04")
        #expect(TextVariable.time(date).written(in: .chinese, zone: .shanghai) == "11月22日 11:04")
        #expect(TextVariable.by(nil).written(in: .chinese, zone: .shanghai) == "尽快")
        #expect(TextVariable.by(date).written(in: .english, zone: .shanghai) == "by 22 Nov 11:04")
        #expect(TextVariable.money(Money(minor: 420_000_000)).written(in: .english, zone: .shanghai) == "¥4,200,000")
        #expect(TextVariable.name(nil).written(in: .chinese, zone: .shanghai) == "客户")
        #expect(TextVariable.text("a\r\nb").written(in: .english, zone: .shanghai) == "a b")
    }
}
