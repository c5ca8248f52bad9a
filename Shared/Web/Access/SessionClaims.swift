import Foundation
import JWTKit

/// What a sign-in token says.
struct SessionClaims: JWTPayload {
    var iss: IssuerClaim
    var sub: SubjectClaim
    var aud: AudienceClaim
    var iat: IssuedAtClaim
    var exp: ExpirationClaim
    var name: String
    var email: String
    var role: String
    var scope: String
    var team: String?
    var projects: [String]?
    var lang: String?
    var epoch: Int?

    func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
    }
}

extension SessionClaims {
    init(_ principal: Principal, issuer: String, audience: String, issuedAt: Date, expiresAt: Date) {
        iss = IssuerClaim(value: issuer)
        sub = SubjectClaim(value: principal.staffID.uuidString.lowercased())
        aud = AudienceClaim(value: audience)
        iat = IssuedAtClaim(value: issuedAt)
        exp = ExpirationClaim(value: expiresAt)
        name = principal.name
        email = principal.email
        role = principal.role.name
        scope = principal.scope.rawValue
        team = principal.teamID?.uuidString.lowercased()
        projects = principal.projects
        lang = principal.language.rawValue
        epoch = principal.epoch
    }

    /// The person, or nil where the subject is not one of our ids.
    var principal: Principal? {
        guard let staffID = UUID(uuidString: sub.value) else { return nil }
        return Principal(
            staffID: staffID,
            name: name,
            email: email,
            role: Role(role),
            scope: Scope(scope),
            teamID: team.flatMap(UUID.init(uuidString:)),
            projects: projects ?? [],
            language: lang.flatMap { Language(tag: $0) } ?? .english,
            epoch: epoch ?? 0
        )
    }
}
