import AMQP
import Contracts
import Foundation

/// A message that is handed over again under another name than the one it died under.
struct Reissue: Sendable {
    let reading: InletReader.Reading
    let delivery: Delivery
    let properties: StoredProperties
    /// Whether the inlet must not have seen it.
    let mustBeNew: Bool
    /// Whether its body is another than the dead one's.
    let isMended: Bool

    init(
        reading: InletReader.Reading,
        delivery: Delivery,
        properties: StoredProperties,
        mustBeNew: Bool,
        isMended: Bool
    ) {
        self.reading = reading
        self.delivery = delivery
        self.properties = properties
        self.mustBeNew = mustBeNew
        self.isMended = isMended
    }

    /// Of an inlet that nobody here can ask.
    init(unread letter: DeadLetter, _ body: [UInt8], _ properties: StoredProperties) throws {
        let delivery = Delivery(again: body, properties, exchange: letter.exchange, routingKey: letter.routingKey)
        let reading = InletReader.Reading(
            source: letter.source,
            messageID: UUID.v7().wire,
            name: letter.name,
            orderKeys: []
        )
        self.init(reading: reading, delivery: delivery, properties: properties, mustBeNew: false, isMended: true)
    }

    /// The edited body with an id of its own and the dead one's as its cause, when it is an event at all.
    ///
    /// What is no event keeps the bytes as they were typed: its inlet knows repetitions by other means.
    static func mended(_ body: [UInt8], after letter: DeadLetter) -> [UInt8] {
        guard var fields = object(body), fields["specversion"] != nil else { return body }
        fields["id"] = UUID.v7().wire
        fields["causationid"] = object(letter.body)?["id"] as? String ?? letter.messageID
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        return (try? JSONSerialization.data(withJSONObject: fields, options: options)).map(Array.init) ?? body
    }

    private static func object(_ body: [UInt8]) -> [String: Any]? {
        // Deep nesting is refused here, since the parser recurses.
        guard (try? JSONShape.check(body)) != nil else { return nil }
        return try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
    }
}
