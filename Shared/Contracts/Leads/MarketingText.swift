/// The texts that a step of a sequence or a message to many may send.
///
/// Leads offers these and no other; Notify has each of them in every language and by every means, and sends no other.
public enum MarketingText {
    public static let all = [
        "nurture-welcome", "nurture-greeting", "nurture-area-paper", "nurture-layout-cases", "nurture-school-brief",
        "nurture-new-listing", "nurture-opening-weekend", "nurture-price-news", "nurture-visit-invitation",
        "nurture-festival", "nurture-win-back",
    ]
}
