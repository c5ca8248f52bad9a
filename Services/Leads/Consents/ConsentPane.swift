import Contracts
import Foundation
import Web

/// What a person allows, as their page shows it: for each purpose, with what it goes by, all that was ever said, and a form.
struct ConsentPane: Sendable {
    /// Something that was said.
    struct Said: Sendable {
        let at: TimeText
        let heading: String
        let who: String
        /// How it was heard, why it was noted, what was agreed to.
        let details: [Fact]
    }

    struct Tick: Sendable {
        let id: String
        let name: String
        let value: String
        let label: String
        let isTicked: Bool
    }

    struct Form: Sendable {
        let action: String
        let says: Field
        let purposes: [Tick]
        let means: [Tick]
        let fields: [Field]
    }

    let facts: [Fact]
    let history: [Said]
    let hasHistory: Bool
    let form: Form?

    /// `refused` is what was sent and could not be noted.
    init(of side: Side, words: PersonWords, mayAct: Bool, refused: Web.Form?) {
        let speaker = ConsentWords(words: words, tellings: side.tellings)
        let consents = side.person.consents
        facts = ConsentPurpose.allCases.map { speaker.fact($0, consents) }
        history = side.tellings.filter { !$0.sayings.isEmpty }
            .sorted { ($0.toldAt, $0.id.wire) > ($1.toldAt, $1.id.wire) }
            .map(speaker.said)
        hasHistory = !history.isEmpty
        form = mayAct ? speaker.form(of: side.uid, refused) : nil
    }
}

/// What is allowed and was said, in the viewer's words.
struct ConsentWords: Sendable {
    let words: PersonWords
    let tellings: [Telling]

    private var viewer: Viewer { words.viewer }

    /// What is allowed for a purpose, and what that goes by.
    func fact(_ purpose: ConsentPurpose, _ consents: Consents) -> Fact {
        let known = ConsentMeans.allCases.compactMap { means in
            consents[purpose, means].map { (means: means, ground: $0) }
        }
        let label = viewer.text("consent.purpose.\(purpose.rawValue)")
        let sentence = shown(purpose, consents)
        guard !sentence.isEmpty else { return Fact(label, viewer.text("persons.consents.nobody")) }
        let isRefused = known.contains { !$0.ground.allows }
        let rule = isRefused ? "consent-no-stands" : "consent-allowed"
        let why = Web.Why(
            sentence,
            rule: viewer.text("rule.\(rule)"),
            version: viewer.text("why.version", ["version": "\(FactRules.version)"]),
            inputs: known.map { .init(viewer.text("consent.means.\($0.means.rawValue)"), basis($0.ground)) },
            otherwise: [viewer.text("rule-otherwise.\(rule)")]
        )
        return Fact(label, sentence, why: why)
    }

    /// What is allowed and refused for a purpose; empty where nobody has said.
    func shown(_ purpose: ConsentPurpose, _ consents: Consents) -> String {
        [true, false].compactMap { allows -> String? in
            let means = ConsentMeans.allCases.filter { consents[purpose, $0]?.allows == allows }
                .map { viewer.text("consent.means.\($0.rawValue)") }
            return means.isEmpty ? nil : says(allows, means.joined(separator: viewer.text("why.comma")))
        }.joined(separator: " · ")
    }

    private func says(_ allows: Bool, _ what: String) -> String {
        viewer.text(allows ? "persons.consents.allowed" : "persons.consents.refused", ["what": what])
    }

    private func basis(_ ground: Consents.Ground) -> String {
        let source = tellings.first { $0.id == ground.id }.map(source) ?? viewer.text("persons.source.\(ground.source)")
        let parts = [
            viewer.text("persons.choice.\(ground.allows ? "yes" : "no")"), source, viewer.time(ground.at).exact,
        ]
        return (parts + [ground.words].compactMap(\.self)).joined(separator: " · ")
    }

    private func source(_ telling: Telling) -> String {
        words.source(PersonFact(field: .name, value: "", telling: telling))
    }

    func said(_ telling: Telling) -> ConsentPane.Said {
        let heading = telling.sayings.map { says($0.allows, shown($0.scope)) }.joined(separator: " · ")
        let told: [(String, String?)] = [
            ("heard-by", telling.heardBy.map { viewer.text("persons.heard-by.\($0)") }),
            ("said-at", telling.saidAt.map { viewer.time($0).exact }), ("reason", telling.reason),
            ("words", telling.words),
        ]
        return ConsentPane.Said(
            at: viewer.time(telling.toldAt),
            heading: heading,
            who: source(telling),
            details: told.compactMap { key, value in
                value.map { Fact(viewer.text("persons.consents.\(key)"), $0) }
            }
        )
    }

    /// `Texts, E-mail (Offers and news)`: a means by itself is every purpose.
    func shown(_ scope: ConsentScope) -> String {
        ConsentMeans.allCases.compactMap { means -> String? in
            let label = viewer.text("consent.means.\(means.rawValue)")
            if scope.isSuperset(of: ConsentScope(by: means)) { return label }
            let purposes = ConsentPurpose.allCases.filter { scope.contains(ConsentScope($0, by: means)) }
            guard !purposes.isEmpty else { return nil }
            let list = purposes.map { viewer.text("consent.purpose.\($0.rawValue)") }
            return viewer.text(
                "persons.consents.only",
                ["means": label, "purposes": list.joined(separator: viewer.text("why.comma"))]
            )
        }.joined(separator: viewer.text("why.comma"))
    }

    // MARK: The form

    fileprivate func form(of uid: UID, _ refused: Web.Form?) -> ConsentPane.Form {
        func ticks(_ name: String, _ values: [String], _ words: String) -> [ConsentPane.Tick] {
            values.map { value in
                ConsentPane.Tick(
                    id: "\(name)-\(value)",
                    name: name,
                    value: value,
                    label: viewer.text("consent.\(words).\(value)"),
                    isTicked: refused?.all(name).contains(value) == true
                )
            }
        }
        return ConsentPane.Form(
            action: "/leads/persons/\(uid)/consents",
            says: choice("says", ["yes", "no"], "says", refused),
            purposes: ticks("purposes", ConsentPurpose.allCases.map(\.rawValue), "purpose"),
            means: ticks("means", ConsentMeans.allCases.map(\.rawValue), "means"),
            fields: grounds(refused)
        )
    }

    /// How we have heard of it, when and in what words.
    private func grounds(_ refused: Web.Form?) -> [Field] {
        [
            choice("heardBy", HeardConsent.ways, "heard-by", refused),
            Field(
                "reason",
                viewer.text("persons.consents.reason"),
                value: refused?["reason"] ?? "",
                isRequired: true
            ),
            Field(
                "saidOn",
                viewer.text("persons.consents.said-on"),
                value: refused?["saidOn"] ?? "",
                type: "date",
                hint: viewer.text("persons.consents.said-on-hint")
            ),
            Field(
                "words",
                viewer.text("persons.consents.words"),
                value: refused?["words"] ?? "",
                hint: viewer.text("persons.consents.words-hint")
            ),
        ]
    }

    private func choice(_ name: String, _ values: [String], _ words: String, _ refused: Web.Form?) -> Field {
        let choices = values.map {
            Field.Choice($0, viewer.text("persons.\(words).\($0)"), isChosen: refused?[name] == $0)
        }
        return .select(
            name,
            viewer.text("persons.consents.\(words)"),
            [Field.Choice("", "–")] + choices,
            isRequired: true
        )
    }
}
