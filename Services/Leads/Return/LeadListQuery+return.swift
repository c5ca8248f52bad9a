import Web

extension LeadListQuery {
    /// What the list is narrowed to where a figure of marketing's return led here; following it shows all leads again.
    func returnLinks(_ viewer: Viewer) -> [FilterLink] {
        guard let returned else { return [] }
        var all = self
        all.returned = nil
        let days = [returned.from?.text, returned.to?.text].compactMap { $0 }.joined(separator: " – ")
        let parts = [
            returned.channel.map { viewer.channel($0) }, returned.campaign.flatMap { $0.isEmpty ? nil : $0 },
            returned.reached.map { viewer.text("return.\($0)") }, days.isEmpty ? nil : days,
        ]
        return [FilterLink(parts.compactMap { $0 }.joined(separator: " · "), all.href(), isCurrent: true)]
    }
}
