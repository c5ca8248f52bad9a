/// What the layout must know of a page.
public struct PageHead: Sendable {
    /// The page's name, in the viewer's language: window title and heading.
    public var title: String
    /// The entry of the navigation that is marked as current.
    public var section: Section?
    public var crumbs: [Crumb]
    /// Without navigation: sign-in, error pages for strangers.
    public var isBare: Bool
    /// What the search field shows.
    public var search: String

    public init(
        title: String,
        section: Section? = nil,
        crumbs: [Crumb] = [],
        isBare: Bool = false,
        search: String = ""
    ) {
        self.title = title
        self.section = section
        self.crumbs = crumbs
        self.isBare = isBare
        self.search = search
    }

    /// The parts of the console.
    public enum Section: String, Sendable, CaseIterable {
        case today
        case leads
        case customers
        case units
        case deals
        case cases
        case messages
        case settings
        case operations
    }
}

/// One step on the way to a page; the page itself is not one.
public struct Crumb: Sendable {
    public let label: String
    public let href: String

    public init(_ label: String, _ href: String) {
        self.label = label
        self.href = href
    }
}
