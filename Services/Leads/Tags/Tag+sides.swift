import Foundation

/// What is said of one tag where two sides of a person have it.
extension [Tag] {
    /// As they are once what staff said of a tag of one side goes for the same tag of the others.
    ///
    /// Where they said it of both, what they said last holds, and of what was said at once that it is wrong. What each side
    /// itself was told stays as it is, so that a merge can be taken back.
    var asStaffSaid: [Tag] {
        map { tag in
            let said = filter { $0.isSame(as: tag) && $0.standing != .open }
            guard let last = said.max(by: { $0.isSaid(before: $1) }) else { return tag }
            var tag = tag
            tag.standing = last.standing
            return tag
        }
    }

    /// Each tag once, of however many sides it was told: the one that holds, else the one that speaks for the others.
    var once: [Tag] {
        let all = asStaffSaid
        let winners = all.indices.filter { all[$0].isWinner }
        let others = all.indices.filter { place in !winners.contains { all[$0].isSame(as: all[place]) } }
        return (winners + all.spokesmen(among: others)).sorted().map { all[$0] }
    }

    /// The places of those who speak for a tag that was told of several sides: what staff said something of last, else what
    /// stands above the others.
    func spokesmen(among places: [Int]) -> [Int] {
        Dictionary(grouping: places) { [self[$0].key, self[$0].value, self[$0].source.rawValue] }.values
            .compactMap { $0.min { self[$0].speaks(insteadOf: self[$1]) } }
    }
}

extension Tag {
    fileprivate func speaks(insteadOf other: Tag) -> Bool {
        let (mine, theirs) = (judgedAt ?? .distantPast, other.judgedAt ?? .distantPast)
        return mine != theirs ? mine > theirs : Tag.stands(self, above: other)
    }

    fileprivate func isSaid(before other: Tag) -> Bool {
        let (mine, theirs) = (judgedAt ?? .distantPast, other.judgedAt ?? .distantPast)
        return mine != theirs ? mine < theirs : standing == .confirmed && other.standing == .rejected
    }
}
