/// Why a decision was made: the rule with its version, what went in, and what would have changed it.
public struct Why: Sendable {
    public struct Input: Sendable {
        public let label: String
        public let value: String

        public init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    /// The decision in one sentence, such as `Grade A: a buyer with a budget`.
    public let sentence: String
    public let rule: String
    public let version: String
    public let inputs: [Input]
    /// What would have changed the outcome, one sentence each.
    public let otherwise: [String]

    public init(_ sentence: String, rule: String, version: String, inputs: [Input] = [], otherwise: [String] = []) {
        self.sentence = sentence
        self.rule = rule
        self.version = version
        self.inputs = inputs
        self.otherwise = otherwise
    }
}

/// One thing known of a record: a term and its value.
public struct Fact: Sendable {
    public let label: String
    public let value: String
    public let href: String?
    public let badge: Badge?
    public let why: Why?

    public init(_ label: String, _ value: String, href: String? = nil, badge: Badge? = nil, why: Why? = nil) {
        self.label = label
        self.value = value
        self.href = href
        self.badge = badge
        self.why = why
    }
}

/// One thing that happened, with the event that it comes from.
public struct TimelineEntry: Sendable {
    public let at: TimeText
    /// Names an icon: `lead call message deal unit case care system note`.
    public let icon: String
    public let tone: Badge.Tone
    public let heading: String
    public let text: String?
    public let actor: String?
    public let href: String?
    /// The event's wire name and id, small.
    public let source: String?
    public let why: Why?

    public init(
        at: TimeText,
        icon: String = "system",
        tone: Badge.Tone = .neutral,
        _ heading: String,
        text: String? = nil,
        actor: String? = nil,
        href: String? = nil,
        source: String? = nil,
        why: Why? = nil
    ) {
        self.at = at
        self.icon = icon
        self.tone = tone
        self.heading = heading
        self.text = text
        self.actor = actor
        self.href = href
        self.source = source
        self.why = why
    }
}

/// A labelled input of a form.
///
/// `kind` chooses the element.
public struct Field: Sendable {
    public struct Choice: Sendable {
        public let value: String
        public let label: String
        public let isChosen: Bool

        public init(_ value: String, _ label: String, isChosen: Bool = false) {
            self.value = value
            self.label = label
            self.isChosen = isChosen
        }
    }

    public let name: String
    public let label: String
    public let value: String
    /// `text`, `email`, `password`, `tel`, `number`, `date`, `datetime-local`, `search`.
    public let type: String
    public let hint: String?
    public let error: String?
    public let isRequired: Bool
    public let autocomplete: String?
    public let isArea: Bool
    public let isSelect: Bool
    public let choices: [Choice]

    public init(
        _ name: String,
        _ label: String,
        value: String = "",
        type: String = "text",
        hint: String? = nil,
        error: String? = nil,
        isRequired: Bool = false,
        autocomplete: String? = nil
    ) {
        self.init(name, label, value, type, hint, error, isRequired, autocomplete, isArea: false, choices: nil)
    }

    /// A field of several lines.
    public static func area(
        _ name: String,
        _ label: String,
        value: String = "",
        hint: String? = nil,
        error: String? = nil,
        isRequired: Bool = false
    ) -> Field {
        Field(name, label, value, "text", hint, error, isRequired, nil, isArea: true, choices: nil)
    }

    /// A choice of one.
    public static func select(
        _ name: String,
        _ label: String,
        _ choices: [Choice],
        hint: String? = nil,
        error: String? = nil,
        isRequired: Bool = false
    ) -> Field {
        Field(name, label, "", "text", hint, error, isRequired, nil, isArea: false, choices: choices)
    }

    private init(
        _ name: String,
        _ label: String,
        _ value: String,
        _ type: String,
        _ hint: String?,
        _ error: String?,
        _ isRequired: Bool,
        _ autocomplete: String?,
        isArea: Bool,
        choices: [Choice]?
    ) {
        self.name = name
        self.label = label
        self.value = value
        self.type = type
        self.hint = hint
        self.error = error
        self.isRequired = isRequired
        self.autocomplete = autocomplete
        self.isArea = isArea
        isSelect = choices != nil
        self.choices = choices ?? []
    }
}
