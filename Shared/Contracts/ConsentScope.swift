/// Purposes by means.
public struct ConsentScope: OptionSet, Sendable, Hashable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public init(_ purpose: ConsentPurpose, by means: ConsentMeans) {
        rawValue = 1 << (means.place * 4 + purpose.place)
    }

    /// Every purpose.
    public init(by means: ConsentMeans) { rawValue = 0b1111 << (means.place * 4) }

    /// What ``ConsentGround/scope`` names; names that nobody knows are left out.
    public init(names: some Sequence<String>) {
        self = names.reduce(into: []) { scope, name in
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            guard let means = parts.last.flatMap(ConsentMeans.init(rawValue:)) else { return }
            if parts.count == 1 {
                scope.formUnion(ConsentScope(by: means))
            } else if let purpose = ConsentPurpose(rawValue: parts[0]) {
                scope.formUnion(ConsentScope(purpose, by: means))
            }
        }
    }

    public var names: [String] {
        ConsentMeans.allCases.flatMap { means in
            if isSuperset(of: ConsentScope(by: means)) { return [means.rawValue] }
            return ConsentPurpose.allCases.filter { contains(ConsentScope($0, by: means)) }
                .map { "\($0.rawValue).\(means.rawValue)" }
        }
    }
}

extension ConsentMeans {
    fileprivate var place: UInt16 {
        switch self {
        case .sms: 0
        case .email: 1
        case .call: 2
        case .wechat: 3
        }
    }
}

extension ConsentPurpose {
    fileprivate var place: UInt16 {
        switch self {
        case .service: 0
        case .marketing: 1
        case .care: 2
        case .referral: 3
        }
    }
}
