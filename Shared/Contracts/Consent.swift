public import Foundation

/// What people are addressed for, as far as they allow it apart.
public enum ConsentPurpose: String, CaseIterable, Sendable {
    /// What they asked about, and business under way with them.
    case service
    /// What they did not ask for: sequences, messages to many.
    case marketing
    /// Surveys, and care after hand-over.
    case care
    /// What becomes of their recommendations.
    case referral
}

/// By what people are addressed, as far as they allow it apart.
public enum ConsentMeans: String, CaseIterable, Sendable {
    case sms
    case email
    case call
    case wechat
}

/// A yes or a no by each means; nil where nobody has said.
public protocol SaidByMeans {
    var sms: Bool? { get set }
    var email: Bool? { get set }
    var call: Bool? { get set }
    var wechat: Bool? { get set }
}

extension SaidByMeans {
    public subscript(means: ConsentMeans) -> Bool? {
        get {
            switch means {
            case .sms: sms
            case .email: email
            case .call: call
            case .wechat: wechat
            }
        }
        set {
            switch means {
            case .sms: sms = newValue
            case .email: email = newValue
            case .call: call = newValue
            case .wechat: wechat = newValue
            }
        }
    }
}

/// By which means a person agrees to be addressed.
///
/// A means by itself speaks of every purpose that there is when it is said: service, marketing, care and referral. What is
/// said of a single purpose goes before it.
public struct Consent: SaidByMeans, Codable, Sendable, Equatable {
    public var sms: Bool?
    public var email: Bool?
    public var call: Bool?
    public var wechat: Bool?
    /// By purpose: `service`, `marketing`, `care`, `referral`; what has another name is ignored.
    public var purposes: [String: ConsentByMeans]?
    /// What was agreed to, as it was written, or its version.
    public var words: String?

    public init(
        sms: Bool? = nil,
        email: Bool? = nil,
        call: Bool? = nil,
        wechat: Bool? = nil,
        purposes: [String: ConsentByMeans]? = nil,
        words: String? = nil
    ) {
        self.sms = sms
        self.email = email
        self.call = call
        self.wechat = wechat
        self.purposes = purposes
        self.words = words
    }
}

/// By which means a person agrees to be addressed for one purpose.
public struct ConsentByMeans: SaidByMeans, Codable, Sendable, Equatable {
    public var sms: Bool?
    public var email: Bool?
    public var call: Bool?
    public var wechat: Bool?

    public init(sms: Bool? = nil, email: Bool? = nil, call: Bool? = nil, wechat: Bool? = nil) {
        self.sms = sms
        self.email = email
        self.call = call
        self.wechat = wechat
    }
}

/// Something that a person has said, as far as it still holds: what they are written to by, or not.
public struct ConsentGround: Codable, Sendable, Equatable {
    public var allows: Bool
    /// `marketing.sms`; a means by itself, `sms`, is every purpose of ``ConsentPurpose`` by it.
    public var scope: [String]
    /// `submission`, `stop-reply`, `unsubscribe-link`, `staff`, `earlier`.
    public var source: String
    /// When they said it.
    public var at: Date
    /// The record of it in Leads.
    public var id: UUID
    /// What they agreed to, or its version, where that is known.
    public var words: String?

    public init(
        allows: Bool,
        scope: [String],
        source: String,
        at: Date,
        id: UUID,
        words: String? = nil
    ) {
        self.allows = allows
        self.scope = scope
        self.source = source
        self.at = at
        self.id = id
        self.words = words
    }
}

extension Consent {
    /// What is allowed for a purpose by a means; nil where nobody has said.
    public subscript(purpose: ConsentPurpose, means: ConsentMeans) -> Bool? {
        purposes?[purpose.rawValue]?[means] ?? self[means]
    }

    /// The purposes by means that are allowed, and those that are refused.
    public var scopes: (allowed: ConsentScope, refused: ConsentScope) {
        var (allowed, refused): (ConsentScope, ConsentScope) = ([], [])
        for means in ConsentMeans.allCases {
            for purpose in ConsentPurpose.allCases {
                switch self[purpose, means] {
                case true?: allowed.insert(ConsentScope(purpose, by: means))
                case false?: refused.insert(ConsentScope(purpose, by: means))
                case nil: break
                }
            }
        }
        return (allowed, refused)
    }

    /// So that whoever reads the means only, as everybody did before there were purposes, does nothing that is not allowed:
    /// a means by itself is allowed where it is for every purpose, and refused where business under way is.
    public init(allowed: ConsentScope, refused: ConsentScope) {
        self.init()
        for means in ConsentMeans.allCases {
            let all = ConsentScope(by: means)
            if allowed.isSuperset(of: all) {
                self[means] = true
            } else if refused.isSuperset(of: all) {
                self[means] = false
            } else if !allowed.union(refused).isDisjoint(with: all) {
                self[means] = refused.contains(ConsentScope(.service, by: means)) ? false : nil
                tell(means, allowed, refused)
            }
        }
    }

    private mutating func tell(_ means: ConsentMeans, _ allowed: ConsentScope, _ refused: ConsentScope) {
        for purpose in ConsentPurpose.allCases {
            let one = ConsentScope(purpose, by: means)
            guard allowed.contains(one) || refused.contains(one) else { continue }
            purposes = purposes ?? [:]
            purposes?[purpose.rawValue, default: ConsentByMeans()][means] = allowed.contains(one)
        }
    }
}
