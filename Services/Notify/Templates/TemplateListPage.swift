import Contracts
import Foundation
import Web

/// What people read who are sent one of the texts, in both languages.
struct TemplateListPage: Sendable {
    struct Preview: Sendable {
        let id: String
        let heading: String
        let texts: [Text]
        /// What it says of somebody of whom nothing is known.
        let instead: String?
    }

    struct Text: Sendable {
        let heading: String
        let language: String
        let subject: String?
        let body: String
    }

    let header: PageHeader
    let previews: [Preview]

    init(_ templates: Templates, _ viewer: Viewer) {
        header = PageHeader(viewer.text("templates.title"), sub: viewer.text("templates.sub"))
        previews = MarketingText.all.compactMap { templates.all[$0] }.map { template in
            Preview(
                id: template.name,
                heading: MessageWords.template(template.name, viewer),
                texts: TemplateListPage.texts(template, templates, viewer),
                instead: TemplateListPage.instead(template, viewer)
            )
        }
    }

    private static func texts(_ template: Template, _ templates: Templates, _ viewer: Viewer) -> [Text] {
        [Channel.sms, .email].flatMap { channel in
            Language.allCases.compactMap { language in
                // Those that could not be written would not be sent either.
                guard let text = try? templates.text(template.name, channel, language, sample) else { return nil }
                let means = viewer.text("message-channel.\(channel.rawValue)")
                return Text(
                    heading: "\(means) · \(language == .chinese ? "中文" : "English")",
                    language: language.rawValue,
                    subject: text.subject.nilIfEmpty,
                    body: text.body
                )
            }
        }
    }

    private static let sample: [String: TextVariable] = [
        "customer": .words(english: "Zhang San", chinese: "张三"), "agent": .words(english: "Li Na", chinese: "李娜"),
    ]

    private static func instead(_ template: Template, _ viewer: Viewer) -> String? {
        let words = template.fallbacks.sorted { $0.key < $1.key }.map {
            $0.value.written(in: viewer.language, zone: .gmt)
        }
        guard !words.isEmpty else { return nil }
        return viewer.text("templates.instead", ["words": words.map { "“\($0)”" }.joined(separator: ", ")])
    }
}
