import Foundation
import Hummingbird
import TestSupport
import Testing
import Web

@Suite("Who sees what")
struct SightTests {
    private let record = Belonging(owners: [Cast.owner.id], teamID: Cast.team, project: Cast.projectName)

    @Test("leads, customers and deals: the scope says whose, the role what may be done", arguments: Cast.allCases)
    func selling(_ one: Cast) {
        let sight = Sight(one.principal, of: .selling)
        #expect(sight.sees(record) == Cast.seesSales.contains(one))
        #expect(sight.mayAct(on: record) == Cast.actsInSales.contains(one))
        #expect(sight.isResponsible(for: record) == (one == .owner))
    }

    @Test("the service desk sees people from the sale on", arguments: Cast.allCases)
    func served(_ one: Cast) {
        var served = record
        served.isAfterSales = true
        let seers = Cast.seesSales.union([.service, .supervisor])
        #expect(Sight(one.principal, of: .selling).sees(served) == seers.contains(one))
    }

    @Test("cases and hand-overs: the desk, and whose customer it is", arguments: Cast.allCases)
    func caring(_ one: Cast) {
        let sight = Sight(one.principal, of: .caring)
        let seers: Set<Cast> = [.owner, .manager, .project, .head, .admin, .service, .supervisor]
        #expect(sight.sees(record) == seers.contains(one))
        #expect(sight.mayAct(on: record) == [.service, .supervisor, .head, .admin].contains(one))
        #expect(sight.mayLead == [.supervisor, .head, .admin].contains(one))
    }

    @Test("what nobody has is seen by those who give it to somebody, not by agents", arguments: Cast.allCases)
    func pooled(_ one: Cast) {
        let pooled = Belonging(owners: [], project: nil)
        let seers: Set<Cast> = [.manager, .otherManager, .head, .admin, .clerk, .marketing]
        #expect(Sight(one.principal, of: .selling).sees(pooled) == seers.contains(one))
        #expect(!Sight(one.principal, of: .selling).isResponsible(for: pooled))
    }

    @Test("a manager without a team, and somebody with no project, see their own only")
    func narrow() {
        var manager = Cast.manager.principal
        manager.teamID = nil
        #expect(Sight(manager, of: .selling).extent == .own)
        var project = Cast.project.principal
        project.projects = []
        #expect(!Sight(project, of: .selling).sees(record))
        #expect(Sight(project, of: .selling).sees(Belonging(owners: [Cast.project.id])))
    }

    @Test("numbers may be asked for by whoever leads or serves, never by agents, clerks and marketing")
    func unmasking() {
        let may = Cast.allCases.filter { Sight($0.principal, of: .selling).mayUnmask }
        #expect(
            Set(may) == [
                .manager, .otherManager, .project, .otherProject, .head, .admin, .service, .supervisor,
            ]
        )
    }
}

@Suite("Sign-ins that have ended")
struct StandingTests {
    private func client(_ standing: Standing?) throws -> RouteClient {
        let signIn = try TestSignIn()
        let lookup: Standing.Lookup = { _ in standing }
        let server = WebServer(
            configuration: .init(service: "leads", port: 0, opsPort: 0, publicURL: "http://localhost:8080"),
            pages: try DemoServer.pages(),
            verifier: signIn.verifier,
            standing: lookup,
            logger: testLogger("standing")
        ) { router in
            router.get("leads/api/v1/who") { _, context in
                try Response.json(["name": try context.requirePrincipal().name])
            }
            router.post("leads/api/v1/who") { _, context in
                try Response.json(["name": try context.requirePrincipal().name])
            }
        }
        return RouteClient(server.responder, signIn: signIn)
    }

    @Test(
        "who has left, or has another password since, is nobody; who is not known yet is let in",
        arguments: [
            (nil, 200), (Standing(isActive: true, epoch: 0), 200), (Standing(isActive: false, epoch: 0), 401),
            (Standing(isActive: true, epoch: 1), 401),
        ] as [(Standing?, Int)]
    )
    func ended(_ standing: Standing?, _ status: Int) async throws {
        let client = try client(standing)
        let byCookie = try await client.get("/leads/api/v1/who", as: Cast.owner.principal)
        #expect(byCookie.status == status)
        let byToken = try await client.post("/leads/api/v1/who", json: "{}", as: Cast.owner.principal)
        #expect(byToken.status == status)
        #expect(status == 200 || byToken.text.contains("token-revoked"))
    }
}
