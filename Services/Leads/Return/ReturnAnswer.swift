/// Marketing's return for programs; amounts in 分.
struct ReturnAnswer: Encodable {
    let from: String
    let to: String
    let touch: String
    let lines: [Line]
    let course: [Part]
    let waiting: Int

    struct Line: Encodable {
        let channel: String
        let campaign: String?
        let figures: Figures

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(channel, forKey: .channel)
            try container.encodeIfPresent(campaign, forKey: .campaign)
            try figures.encode(to: encoder)
        }

        private enum Key: CodingKey {
            case channel
            case campaign
        }
    }

    /// One step of the course.
    struct Part: Encodable {
        let from: String
        let to: String
        let figures: Figures

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(from, forKey: .from)
            try container.encode(to, forKey: .to)
            try figures.encode(to: encoder)
        }

        private enum Key: CodingKey {
            case from
            case to
        }
    }

    struct Figures: Encodable {
        let leads: Int
        let valid: Int
        let contacted: Int
        let visited: Int
        let won: Int
        let costMinor: Int64
        let revenueMinor: Int64

        init(_ line: ReturnLine) {
            leads = line.leads
            valid = line.valid
            contacted = line.contacted
            visited = line.visited
            won = line.won
            costMinor = line.cost
            revenueMinor = line.revenue
        }
    }

    init(_ query: ReturnQuery, _ figures: ReturnFigures) {
        from = query.period.from.text
        to = query.period.to.text
        touch = query.touch
        lines = figures.lines.map { line in
            Line(channel: line.channel, campaign: line.campaign.isEmpty ? nil : line.campaign, figures: Figures(line))
        }
        course = figures.course.parts.map { part in
            Part(from: part.period.from.text, to: part.period.to.text, figures: Figures(part.line))
        }
        waiting = figures.waiting
    }
}
