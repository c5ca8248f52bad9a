import Failures
public import Foundation
import HTTPTypes
public import Hummingbird
import Mustache
import NIOCore

/// The pages of one service: its own templates and words beside the shared layout and components.
///
/// Whatever is wrong with a template or a word stops the start: an unescaped tag, an unknown partial, an unknown word.
public struct Pages: Sendable {
    public let strings: Strings
    let service: String
    let assets: Assets
    let zone: TimeZone
    let now: @Sendable () -> Date
    private let library: MustacheLibrary
    private let tags: [String: [TemplateTag]]
    private let shared: Set<String>

    /// Loads `Pages/` of the service's bundle.
    ///
    /// `zone` is where times are told in until the viewer's browser tells them in its own; `now` is the clock that
    /// rules go by, so that what is relative agrees with them when a development clock is set forward.
    public init(
        service: String,
        bundle: Bundle?,
        zone: TimeZone = .shanghai,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        let own = bundle?.resourceURL?.appending(path: "Pages")
        try self.init(service: service, folder: own, zone: zone, now: now)
    }

    /// Loads the templates and words of a folder.
    public init(
        service: String,
        folder: URL?,
        zone: TimeZone = .shanghai,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        guard let home = Bundle.module.resourceURL else {
            throw Failure(step: "find the shared pages", cause: CocoaError(.fileNoSuchFile))
        }
        let common = home.appending(path: "Pages")
        strings = try Strings(folders: [common] + (folder.map { [$0] } ?? []))
        assets = try Assets(folder: home.appending(path: "Assets"), service: service)
        self.service = service
        self.zone = zone
        self.now = now
        let sharedTexts = try TemplateFolder.texts(in: common)
        let ownTexts = try folder.map(TemplateFolder.texts) ?? [:]
        shared = Set(sharedTexts.keys)
        let texts = try sharedTexts.merging(ownTexts) { _, own in
            throw TemplateFault(template: own, what: "has the name of a shared template")
        }
        tags = try TemplateFolder.checked(texts, strings: strings)
        library = MustacheLibrary(templates: try texts.mapValues { try MustacheTemplate(string: $0) })
    }

    /// The words and formats of whoever asks.
    public func viewer(_ context: WebContext) -> Viewer {
        Viewer(strings: strings, language: context.language, zone: zone, principal: context.principal, now: now())
    }

    /// The words and formats of a language.
    public func viewer(_ language: Language, principal: Principal? = nil) -> Viewer {
        Viewer(strings: strings, language: language, zone: zone, principal: principal, now: now())
    }

    /// A whole page: the template fills the layout's `content`.
    public func page(
        _ template: String,
        _ view: some Sendable,
        _ head: PageHead,
        status: HTTPResponse.Status = .ok,
        for context: WebContext
    ) throws -> Response {
        var node = try ViewNode.reading(view)
        node["shell"] = try ViewNode.reading(shell(head, for: context))
        node["csrf"] = context.csrfToken
        var response = Self.html(try render(template, node, viewer(context)), status: status)
        if context.flash != nil {
            response.setCookie(SessionCookie.make(SessionCookie.flash, "", maxAge: 0, secure: false))
        }
        return response
    }

    /// A piece of a page, for another page to include.
    public func fragment(
        _ template: String,
        _ view: some Sendable,
        status: HTTPResponse.Status = .ok,
        for context: WebContext
    ) throws -> Response {
        var node = try ViewNode.reading(view)
        node["csrf"] = context.csrfToken
        return Self.html(try render(template, node, viewer(context)), status: status)
    }

    /// A piece of HTML, to be sent live.
    ///
    /// It cannot hold a form: who receives it is not known.
    public func html(_ template: String, _ view: some Sendable, for viewer: Viewer) throws -> String {
        try render(template, ViewNode.reading(view), viewer)
    }

    /// What is wrong between a template and its view, one sentence each; for tests.
    ///
    /// Give as many samples as it takes for each section to be reached once: a full one and an empty one usually do.
    public func verify(_ template: String, with samples: any Sendable...) -> [String] {
        do {
            let words = WordsNode(strings: strings, language: .english)
            let shell = try ViewNode.reading(Shell.sample)
            let nodes = try samples.map { sample in
                var node = try ViewNode.reading(sample)
                node["shell"] = shell
                node["csrf"] = "token"
                node["t"] = words
                return node
            }
            var check = TemplateCheck(templates: tags, shared: shared)
            return check.problems(of: template, samples: nodes)
        } catch {
            return ["\(error)"]
        }
    }

    /// The names of the service's own templates: tests see to it that each is verified.
    public var ownTemplates: [String] { tags.keys.filter { !shared.contains($0) }.sorted() }

    private func render(_ template: String, _ node: ViewNode, _ viewer: Viewer) throws -> String {
        var node = node
        node["t"] = WordsNode(strings: strings, language: viewer.language)
        guard let html = library.render(node, withTemplate: template) else {
            throw TemplateFault(template: template, what: "there is no such template")
        }
        return html
    }

    private static func html(_ text: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}

extension TimeZone {
    /// Where Lintel's first customers are.
    public static let shanghai = TimeZone(identifier: "Asia/Shanghai") ?? .gmt
}
