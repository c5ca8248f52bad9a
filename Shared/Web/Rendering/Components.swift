/// A status in words; the colour says the same once more, never alone.
public struct Badge: Sendable {
    /// What the colour means.
    public enum Tone: String, Sendable {
        case neutral
        /// New or under way.
        case accent
        /// Won, done, delivered.
        case good
        /// Due soon, waiting.
        case warning
        /// Overdue, failed, lost.
        case bad
    }

    public let text: String
    public let tone: Tone

    public init(_ text: String, _ tone: Tone = .neutral) {
        self.text = text
        self.tone = tone
    }
}

/// A moment: the machine's text for the script, which tells it relative and in the viewer's zone; ours until then.
public struct TimeText: Sendable {
    public let iso: String
    public let text: String
    /// The exact time, shown on hover.
    public let exact: String
}

/// When something is due.
///
/// The script counts down; without it the text stands.
public struct Clock: Sendable {
    public let iso: String
    public let text: String
    public let exact: String
    /// `late`, `soon` or `calm` as of the rendering.
    public let state: String
    /// From this many seconds before it is due the clock is amber.
    public let soonSeconds: Int
}

/// The head of a page: what it is, what matters of it, what to do next.
public struct PageHeader: Sendable {
    public let heading: String
    /// One line below: a count, a place.
    public let sub: String?
    public let badges: [Badge]
    public let actions: [Action]
    /// What is rarer, in a menu.
    public let more: [Action]
    public let hasMore: Bool

    /// More than four actions would stand before what the page is about: then the first two and the primary ones are
    /// shown, and the others are in a menu.
    public init(_ heading: String, sub: String? = nil, badges: [Badge] = [], actions: [Action] = []) {
        self.heading = heading
        self.sub = sub
        self.badges = badges
        let rare = actions.count > 4 ? actions.filter { !$0.isPrimary }.dropFirst(2) : []
        let rareLinks = Set(rare.map(\.href))
        self.actions = actions.filter { !rareLinks.contains($0.href) }
        more = Array(rare)
        hasMore = !rare.isEmpty
    }
}

/// A link or, with `method` post, a form of one button.
public struct Action: Sendable {
    public let label: String
    public let href: String
    public let isPrimary: Bool
    public let isPost: Bool

    public init(_ label: String, _ href: String, isPrimary: Bool = false, isPost: Bool = false) {
        self.label = label
        self.href = href
        self.isPrimary = isPrimary
        self.isPost = isPost
    }
}

/// A filter of a list: a link, so that it can be shared and saved.
public struct FilterLink: Sendable {
    public let label: String
    public let href: String
    public let count: String?
    public let isCurrent: Bool

    public init(_ label: String, _ href: String, count: String? = nil, isCurrent: Bool = false) {
        self.label = label
        self.href = href
        self.count = count
        self.isCurrent = isCurrent
    }
}

/// What a list shows when there is nothing: what it is for, and the one button that fills it.
public struct Empty: Sendable {
    public let heading: String
    public let text: String
    public let action: Action?

    public init(_ heading: String, _ text: String, action: Action? = nil) {
        self.heading = heading
        self.text = text
        self.action = action
    }
}

/// A figure that opens the list behind it.
public struct Stat: Sendable {
    public let label: String
    public let value: String
    public let note: String?
    public let href: String?
    public let tone: Badge.Tone

    public init(
        _ label: String,
        _ value: String,
        note: String? = nil,
        href: String? = nil,
        tone: Badge.Tone = .neutral
    ) {
        self.label = label
        self.value = value
        self.note = note
        self.href = href
        self.tone = tone
    }
}

/// Where a list goes on.
public struct Pager: Sendable {
    public let first: String?
    public let next: String?

    public init(first: String? = nil, next: String? = nil) {
        self.first = first
        self.next = next
    }
}
