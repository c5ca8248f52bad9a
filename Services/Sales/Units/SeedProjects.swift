import Messaging

/// Writes the projects, buildings and units that an installation begins with.
///
/// Doing it again changes no unit's state.
struct SeedProjects: Sendable {
    let spine: Spine

    func callAsFunction(_ seed: ProjectSeed) async throws {
        try await spine.perform(Cause(actor: "system")) { work in
            try await StaffStore(work.tx).lockForSeeding()
            let store = ProjectStore(work.tx)
            for (position, project) in seed.projects.enumerated() {
                try await store.upsert(project, position: position)
            }
        }
    }
}
