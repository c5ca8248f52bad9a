/// A list of records: a table on a desk, cards on a phone.
public struct Table: Sendable {
    public struct Column: Sendable {
        public let label: String
        public let isNumeric: Bool

        public init(_ label: String, isNumeric: Bool = false) {
            self.label = label
            self.isNumeric = isNumeric
        }
    }

    public struct Row: Sendable {
        public let id: String
        public let href: String
        public let cells: [Cell]
        /// Shown bold: new, unread, unanswered.
        public let isNew: Bool
        /// Where several rows can be chosen at once.
        public let tick: Tick?
        /// Where keys lead while the row is picked.
        public let shortcuts: [Shortcut]

        /// `id` is unique in the table: what arrives live replaces the row of that id.
        public init(
            id: String,
            href: String,
            isNew: Bool = false,
            tick: Tick? = nil,
            shortcuts: [Shortcut] = [],
            _ cells: [Cell]
        ) {
            self.id = id
            self.href = href
            self.isNew = isNew
            self.tick = tick
            self.shortcuts = shortcuts
            self.cells = cells
        }
    }

    /// A key that leads somewhere while a row is picked.
    public struct Shortcut: Sendable {
        /// One lower-case letter.
        public let key: String
        public let href: String

        public init(_ key: String, _ href: String) {
            self.key = key
            self.href = href
        }
    }

    /// A box that chooses a row for a form elsewhere on the page.
    public struct Tick: Sendable {
        /// The id of the form.
        public let form: String
        public let name: String
        public let value: String
        /// Read out: which row it chooses.
        public let label: String

        public init(form: String, name: String, value: String, label: String) {
            self.form = form
            self.name = name
            self.value = value
            self.label = label
        }
    }

    /// One field of a row.
    ///
    /// The first cell of a row is its name and its link.
    public struct Cell: Sendable {
        public let label: String
        public let text: String?
        public let sub: String?
        public let badge: Badge?
        public let time: TimeText?
        public let clock: Clock?
        /// What can be done with the row at once.
        public let actions: [Action]
        public let isNumeric: Bool
        public let isLink: Bool
        public let href: String
        /// Of the first cell: what chooses its row.
        public let tick: Tick?
    }

    /// Read out before the table: "Leads, newest first".
    public let caption: String
    public let columns: [Column]
    public let rows: [Row]
    public let pager: Pager?
    public let empty: Empty?

    /// The empty state is shown when there are no rows.
    public init(_ caption: String, _ columns: [Column], _ rows: [Row], pager: Pager? = nil, empty: Empty) {
        self.caption = caption
        self.columns = columns
        self.rows = rows.map { $0.labelled(by: columns) }
        self.pager = pager
        self.empty = rows.isEmpty ? empty : nil
    }
}

extension Table.Cell {
    private init(
        _ text: String?,
        sub: String? = nil,
        badge: Badge? = nil,
        time: TimeText? = nil,
        clock: Clock? = nil,
        actions: [Action] = []
    ) {
        self.init(
            label: "",
            text: text,
            sub: sub,
            badge: badge,
            time: time,
            clock: clock,
            actions: actions,
            isNumeric: false,
            isLink: false,
            href: "",
            tick: nil
        )
    }

    /// Words or a figure, with a second line where there is one.
    public static func text(_ text: String, sub: String? = nil) -> Self { Self(text, sub: sub) }
    public static func badge(_ badge: Badge, sub: String? = nil) -> Self { Self(nil, sub: sub, badge: badge) }
    public static func time(_ time: TimeText) -> Self { Self(nil, time: time) }
    /// Links that are followed without opening the row.
    public static func actions(_ actions: [Action]) -> Self { Self(nil, actions: actions) }
    /// Something that is due, with what that is where it is said; nil shows a dash.
    public static func clock(_ clock: Clock?, sub: String? = nil) -> Self {
        clock.map { Self(nil, sub: sub, clock: $0) } ?? Self("–", sub: sub)
    }
}

extension Table.Row {
    /// The cells with the name of their column, which cards show, and with the link in the first.
    fileprivate func labelled(by columns: [Table.Column]) -> Table.Row {
        let cells = zip(columns, cells).enumerated().map { index, pair in
            Table.Cell(
                label: pair.0.label,
                text: pair.1.text,
                sub: pair.1.sub,
                badge: pair.1.badge,
                time: pair.1.time,
                clock: pair.1.clock,
                actions: pair.1.actions,
                isNumeric: pair.0.isNumeric,
                isLink: index == 0,
                href: href,
                tick: index == 0 ? tick : nil
            )
        }
        return Table.Row(id: id, href: href, isNew: isNew, tick: tick, shortcuts: shortcuts, cells)
    }
}

/// Columns of cards.
///
/// A card is moved by dragging, or without a script by its own form.
public struct Board: Sendable {
    public struct Column: Sendable {
        /// What is posted as `to` when a card is dropped here.
        public let id: String
        public let label: String
        public let count: String
        /// A sum, a hint.
        public let note: String?
        public let tone: Badge.Tone
        public let cards: [Card]

        public init(
            id: String,
            _ label: String,
            note: String? = nil,
            tone: Badge.Tone = .neutral,
            _ cards: [Card]
        ) {
            self.id = id
            self.label = label
            count = "\(cards.count)"
            self.note = note
            self.tone = tone
            self.cards = cards
        }
    }

    public struct Card: Sendable {
        public let id: String
        public let href: String
        public let heading: String
        public let lines: [String]
        public let figure: String?
        public let badges: [Badge]
        public let clock: Clock?
        /// Where `to` is posted; nil for a card that may not be moved.
        public let move: String?
        /// The columns that it may go to next, for those without a script.
        public let choices: [Field.Choice]

        public init(
            id: String,
            href: String,
            _ heading: String,
            lines: [String] = [],
            figure: String? = nil,
            badges: [Badge] = [],
            clock: Clock? = nil,
            move: String? = nil,
            choices: [Field.Choice] = []
        ) {
            self.id = id
            self.href = href
            self.heading = heading
            self.lines = lines
            self.figure = figure
            self.badges = badges
            self.clock = clock
            self.move = move
            self.choices = choices
        }
    }

    public let label: String
    public let columns: [Column]

    public init(_ label: String, _ columns: [Column]) {
        self.label = label
        self.columns = columns
    }
}
