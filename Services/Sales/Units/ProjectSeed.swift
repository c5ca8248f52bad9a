import Contracts
import Failures
import Foundation

/// The projects that an installation begins with, as `LINTEL_SEED_PROJECTS_FILE` holds them.
///
/// ```json
/// {"projects": [{"key": "river-park", "name": {"en": "River Park", "zh": "滨江花园"}, "district": "浦东", "city": "上海",
///   "buildings": [{"key": "river-park-1", "name": "1", "floors": 12, "units": [
///     {"key": "river-park-1-0101", "number": "0101", "floor": 1, "layout": "2室2厅", "area": 89.5, "facing": "南",
///      "price": {"amount": 521430000, "currency": "CNY"}}]}]}]}
/// ```
/// `amount` is in the currency's minor unit. Units that are there already keep their state; everything else is updated.
struct ProjectSeed: Decodable, Sendable {
    struct Project: Decodable, Sendable {
        struct Name: Decodable, Sendable {
            let en: String
            let zh: String
        }

        let key: String
        let name: Name
        let city: String?
        let district: String
        let buildings: [Building]
    }

    struct Building: Decodable, Sendable {
        let key: String
        let name: String
        let floors: Int
        let units: [Flat]
    }

    struct Flat: Decodable, Sendable {
        struct Price: Decodable, Sendable {
            let amount: Int64
            let currency: String
        }

        let key: String
        let number: String
        let floor: Int
        let layout: String
        let area: Double
        let facing: String?
        let price: Price
    }

    let projects: [Project]

    init(file: String) throws {
        do {
            self = try JSONDecoder().decode(ProjectSeed.self, from: Data(contentsOf: URL(filePath: file)))
        } catch {
            throw Failure(step: "read the projects file \(file)", cause: error)
        }
    }
}
