/// Numbers of policies as people read and write them.
public enum PolicyNumber {
    /// 7.0 is 7, 0.25 is 0.25; as a time of day 1260 is 21:00.
    public static func text(_ value: Double, _ unit: PolicyUnit = .count) -> String {
        if unit == .timeOfDay { return time(Int(value)) }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    /// Reads what somebody has written; nil when it is no number, or no time of day where one is wanted.
    static func read(_ text: String, _ unit: PolicyUnit) -> Double? {
        guard unit == .timeOfDay else { return Double(text).flatMap { $0.isFinite ? $0 : nil } }
        guard let match = text.wholeMatch(of: /(\d{1,2}):(\d{2})/), let hour = Int(match.1), let minute = Int(match.2),
            hour < 24, minute < 60
        else { return nil }
        return Double(hour * 60 + minute)
    }

    private static func time(_ minutes: Int) -> String {
        let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        return [hour, minute].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
