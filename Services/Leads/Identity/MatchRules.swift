import Contracts

/// What speaks for two persons being one.
enum MatchRule: String, Sendable, CaseIterable {
    /// One submission named both.
    case oneSubmission = "identity.one-submission"
    case phoneOneOff = "identity.phone-one-off"
    case nameAndCompany = "identity.name-and-company"
    case nameAndProject = "identity.name-and-project"

    static let version = 1

    /// Which rules apply to two persons, the strongest first.
    static func matching(_ one: MatchSubject, _ other: MatchSubject) -> [MatchRule] {
        guard let name = one.name.map(NameForm.init), let otherName = other.name.map(NameForm.init) else { return [] }
        guard name.resembles(otherName) else { return [] }
        return [phoneOneOff, nameAndCompany, nameAndProject].filter { rule in
            switch rule {
            case .phoneOneOff:
                name == otherName && one.phones.contains { phone in other.phones.contains { isOneOff(phone, $0) } }
            case .nameAndCompany:
                !Set(one.emails.compactMap(CompanyMail.domain)).isDisjoint(
                    with: other.emails.compactMap(CompanyMail.domain)
                )
            case .nameAndProject: name == otherName && !Set(one.projects).isDisjoint(with: other.projects)
            case .oneSubmission: false
            }
        }
    }

    /// Whether two who were named by one submission are one person for certain: nothing speaks against it.
    static func isCertain(_ one: String?, _ other: String?) -> Bool {
        guard let one, let other else { return true }
        return NameForm(one) == NameForm(other)
    }

    /// Two numbers of one length that differ in one place.
    static func isOneOff(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count && zip(one.utf8, other.utf8).filter { $0 != $1 }.count == 1
    }

    /// Why two persons are to be looked at.
    static func why(_ rules: [MatchRule], policy: Int) -> Why {
        Why(
            rule: rules.first?.rawValue ?? oneSubmission.rawValue,
            version: version,
            inputs: ["rules": rules.map(\.rawValue).joined(separator: " "), "policy": "\(policy)"],
            otherwise: "Marked as different people, they are never proposed again."
        )
    }
}
