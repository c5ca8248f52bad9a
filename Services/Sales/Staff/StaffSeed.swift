import Failures
import Foundation
import Web

/// The staff that an installation begins with, as `LINTEL_SEED_STAFF_FILE` holds it.
///
/// ```json
/// {"teams": [{"key": "riverside", "name": {"en": "Riverside sales", "zh": "滨江销售组"},
///             "projects": ["river-park"], "regions": ["浦东"]}],
///  "staff": [{"email": "agent@lintel.example", "name": "林晓峰", "phone": "+8613800000011", "role": "agent",
///             "team": "riverside", "capacity": 40, "language": "zh", "password": "…"}]}
/// ```
/// `"head": true` makes a manager the head, `"supervisor": true` one of the service desk its supervisor. `projects` and
/// `districts` of a person are the team's where they are not given. A team is led by its manager or supervisor.
/// `"scope"` says how far somebody sees (`own`, `team`, `project`, `all`; `project` is their `projects`); where it is
/// missing it is what is usual for the role. `"active": false` is somebody who has left, `true` who has come back.
/// Somebody who is missing from the file stays as they are.
struct StaffSeed: Decodable, Sendable {
    struct Team: Decodable, Sendable {
        struct Name: Decodable, Sendable {
            let en: String
            let zh: String
        }

        let key: String
        let name: Name
        let projects: [String]?
        let regions: [String]?
    }

    struct Person: Decodable, Sendable {
        let email: String
        let name: String
        let phone: String?
        let role: String
        let team: String?
        let projects: [String]?
        let districts: [String]?
        let capacity: Int?
        let language: String?
        let password: String
        let head: Bool?
        let supervisor: Bool?
        let scope: String?
        let active: Bool?
    }

    let teams: [Team]
    let staff: [Person]

    /// Reads the file and checks what the database would refuse later and less clearly.
    init(file: String) throws {
        do {
            self = try JSONDecoder().decode(StaffSeed.self, from: Data(contentsOf: URL(filePath: file)))
        } catch {
            throw Failure(step: "read the staff file \(file)", cause: error)
        }
        for person in staff {
            guard StaffRole(rawValue: person.role) != nil else {
                throw Rejection.invalid("staff/role", "unknown-role", "\(person.role) is no role.")
            }
            guard person.scope == nil || person.scope.flatMap(Scope.init(rawValue:)) != nil else {
                throw Rejection.invalid("staff/scope", "unknown-scope", "\(person.scope ?? "") is no scope.")
            }
            guard person.team == nil || team(of: person) != nil else {
                throw Rejection.invalid("staff/team", "unknown-team", "There is no team \(person.team ?? "").")
            }
        }
    }

    func team(of person: Person) -> Team? { teams.first { $0.key == person.team } }
}

extension StaffSeed.Person {
    /// The address as it is stored and compared.
    var address: String { email.lowercased() }

    var staffRole: StaffRole {
        if head == true { return .head }
        if supervisor == true { return .supervisor }
        return StaffRole(rawValue: role) ?? .agent
    }

    /// Only agents are given leads unless the file says otherwise.
    var openLeads: Int { capacity ?? (staffRole == .agent ? 40 : 0) }

    var tongue: String { language?.hasPrefix("zh") == true ? "zh-Hans" : "en" }
}
