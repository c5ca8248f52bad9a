import Foundation
import Web

/// Every text that Notify sends, in every language.
///
/// One file per template: what it is told (`variables`, with their kind), what it says instead of those that are not known
/// (`fallbacks`), and the text per channel and language. All is checked when the service starts: each channel has both
/// languages, and a text speaks only of what is declared.
struct Templates: Sendable {
    let all: [String: Template]
    private let zone: TimeZone

    init(folder: URL?, zone: TimeZone) throws {
        guard let folder else { throw TemplateFault(file: "Texts", problem: "the folder is not there") }
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        var all: [String: Template] = [:]
        for file in files where file.pathExtension == "json" {
            let name = file.deletingPathExtension().lastPathComponent
            all[name] = try Template(name: name, json: Data(contentsOf: file))
        }
        self.all = all
        self.zone = zone
    }

    /// Writes a message, or says what keeps it from being written.
    func text(
        _ name: String,
        _ channel: Channel,
        _ language: Language,
        _ variables: [String: TextVariable]
    ) throws(RenderingFault) -> MessageText {
        guard let template = all[name] else { throw RenderingFault("template-unknown", name) }
        guard let pattern = template.texts[channel]?[language] else {
            throw RenderingFault("template-lacks-channel", channel.rawValue)
        }
        let variables = template.fallbacks.merging(variables) { _, told in told }
        for (variable, kind) in template.variables {
            guard let value = variables[variable] else {
                throw RenderingFault("template-variable-missing", variable)
            }
            guard value.kind == kind else { throw RenderingFault("template-variable-wrong-kind", variable) }
        }
        let values = variables.mapValues { $0.written(in: language, zone: zone) }
        do {
            return MessageText(
                subject: try pattern.subject.filled(with: values),
                body: try pattern.body.filled(with: values)
            )
        } catch {
            throw RenderingFault("template-variable-missing", error.name)
        }
    }
}

/// What goes out: SMS have no subject.
struct MessageText: Sendable, Equatable {
    var subject: String
    var body: String
}

/// Why a text could not be written; the message fails with it, so that it is seen.
struct RenderingFault: Error, Equatable {
    let reason: String
    let detail: String

    init(_ reason: String, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}

/// One template file.
struct Template: Sendable {
    struct Pattern: Sendable, Equatable {
        let subject: TextPattern
        let body: TextPattern

        var variables: Set<String> { subject.variables.union(body.variables) }
    }

    private struct File: Decodable {
        struct Text: Decodable {
            var subject: String?
            var text: String
        }

        var variables: [String: TextVariable.Kind]
        var fallbacks: [String: [String: String]]?
        var sms: [String: Text]?
        var email: [String: Text]?
        var inApp: [String: Text]?
    }

    let name: String
    let variables: [String: TextVariable.Kind]
    /// What is said where a variable is not known; without one the text is not written.
    let fallbacks: [String: TextVariable]
    let texts: [Channel: [Language: Pattern]]

    init(name: String, json: Data) throws {
        let file = try JSONDecoder().decode(File.self, from: json)
        self.name = name
        variables = file.variables
        fallbacks = try Template.fallbacks(file, name)
        var texts: [Channel: [Language: Pattern]] = [:]
        for (channel, byLanguage) in [(Channel.sms, file.sms), (.email, file.email), (.inApp, file.inApp)] {
            guard let byLanguage else { continue }
            texts[channel] = try Template.patterns(byLanguage, name, channel, Set(file.variables.keys))
        }
        self.texts = texts
    }

    private static func fallbacks(_ file: File, _ name: String) throws -> [String: TextVariable] {
        var fallbacks: [String: TextVariable] = [:]
        for (variable, words) in file.fallbacks ?? [:] {
            guard file.variables[variable] == .text else {
                throw TemplateFault(file: name, problem: "\(variable) has a fallback and is no text")
            }
            guard let english = words[Language.english.rawValue], let chinese = words[Language.chinese.rawValue],
                !english.isEmpty, !chinese.isEmpty
            else {
                throw TemplateFault(file: name, problem: "the fallback of \(variable) is not there in both languages")
            }
            fallbacks[variable] = .words(english: english, chinese: chinese)
        }
        return fallbacks
    }

    private static func patterns(
        _ byLanguage: [String: File.Text],
        _ name: String,
        _ channel: Channel,
        _ declared: Set<String>
    ) throws -> [Language: Pattern] {
        var patterns: [Language: Pattern] = [:]
        for language in Language.allCases {
            guard let text = byLanguage[language.rawValue] else {
                throw TemplateFault(file: name, problem: "\(channel.rawValue) is not written in \(language.rawValue)")
            }
            guard channel == .sms || text.subject?.isEmpty == false else {
                throw TemplateFault(file: name, problem: "\(channel.rawValue) has no subject in \(language.rawValue)")
            }
            let pattern = Pattern(
                subject: try TextPattern(text.subject ?? "", file: name),
                body: try TextPattern(text.text, file: name)
            )
            if let stranger = pattern.variables.subtracting(declared).min() {
                throw TemplateFault(file: name, problem: "{\(stranger)} is not declared")
            }
            patterns[language] = pattern
        }
        return patterns
    }
}
