public import Foundation

/// A day of a timeline.
public struct TimelineDay: Sendable {
    public let label: String
    public let items: [TimelineItem]

    public init(label: String, items: [TimelineItem]) {
        self.label = label
        self.items = items
    }
}

/// An entry, or several alike that are folded into one line.
public struct TimelineItem: Sendable {
    public let entry: TimelineEntry?
    public let fold: TimelineFold?

    public init(_ entry: TimelineEntry) {
        self.entry = entry
        fold = nil
    }

    public init(_ fold: TimelineFold) {
        entry = nil
        self.fold = fold
    }
}

/// Entries that say much the same, one click away.
public struct TimelineFold: Sendable {
    public let icon: String
    public let label: String
    public let entries: [TimelineEntry]

    public init(icon: String, label: String, entries: [TimelineEntry]) {
        self.icon = icon
        self.label = label
        self.entries = entries
    }
}

/// An entry on its way into a timeline by days.
public struct DatedEntry: Sendable {
    public let at: Date
    public let entry: TimelineEntry
    /// Entries of a day with the same key are folded together; nil for one that is worth its own line.
    public let foldKey: String?

    public init(at: Date, _ entry: TimelineEntry, foldKey: String? = nil) {
        self.at = at
        self.entry = entry
        self.foldKey = foldKey
    }
}

extension Viewer {
    /// A timeline by days, in the order of the entries; what repeats within a day stands in one line, where its first would.
    ///
    /// `label` says what a fold of so many entries of a key is called.
    public func days(_ entries: [DatedEntry], label: (String, Int) -> String) -> [TimelineDay] {
        var days: [(label: String, entries: [DatedEntry])] = []
        for entry in entries {
            let name = dayName(entry.at)
            if days.last?.label == name {
                days[days.count - 1].entries.append(entry)
            } else {
                days.append((name, [entry]))
            }
        }
        return days.map { TimelineDay(label: $0.label, items: folded($0.entries, label)) }
    }

    private func folded(_ entries: [DatedEntry], _ label: (String, Int) -> String) -> [TimelineItem] {
        let groups = Dictionary(grouping: entries.filter { $0.foldKey != nil }) { $0.foldKey ?? "" }
        var shown: Set<String> = []
        return entries.compactMap { one in
            guard let key = one.foldKey, let alike = groups[key], alike.count > 1 else {
                return TimelineItem(one.entry)
            }
            guard shown.insert(key).inserted else { return nil }
            return TimelineItem(
                TimelineFold(icon: one.entry.icon, label: label(key, alike.count), entries: alike.map(\.entry))
            )
        }
    }

    /// Today, yesterday, or the date.
    public func dayName(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let distance =
            calendar.dateComponents([.day], from: calendar.startOfDay(for: date), to: calendar.startOfDay(for: now)).day
        switch distance {
        case 0: return text("time.today")
        case 1: return text("time.yesterday")
        default: return day(date)
        }
    }
}
