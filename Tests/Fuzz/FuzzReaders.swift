import Contracts
import Failures
import Foundation

/// What libFuzzer calls with everything that it thinks of: the readers of what comes from outside must neither crash nor
/// say no without naming the field.
@_cdecl("LLVMFuzzerTestOneInput")
public func readEverything(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let body = Array(UnsafeBufferPointer(start: start, count: count))
    readSubmission(body)
    readEvent(body)
    return 0
}

/// The channel that submissions come from.
private let web = Channel(name: "web", kind: "website", keyHash: nil, brokerUser: "channel-web")
private let reader = SubmissionReader(channels: ["web": web], now: Date(timeIntervalSince1970: 1_795_316_645))

private func readSubmission(_ body: [UInt8]) {
    for contentType in ["application/json", "application/cloudevents+json"] {
        let received = ReceivedSubmission(
            transport: .amqp,
            routedChannel: "web",
            contentType: contentType,
            body: body,
            digest: "digest"
        )
        let read = reader.read(received)
        if let rejection = read.rejection {
            expect(rejection.field?.isEmpty == false, "a rejection without a field: \(rejection.code)")
        }
        if let enquiry = read.enquiry {
            expect(!enquiry.identifiers.isEmpty, "an enquiry of nobody")
            let texts = [
                enquiry.name, enquiry.message, enquiry.campaign, enquiry.externalID, enquiry.wechat, enquiry.referrer,
            ]
            expect(texts.allSatisfy { $0?.utf8.contains(0) != true }, "a text that cannot be stored")
            expect(enquiry.phones.allSatisfy { $0.hasPrefix("+") }, "a number that is not E.164")
        }
    }
}

private func readEvent(_ body: [UInt8]) {
    do {
        let envelope = try MessageParts(body).envelope()
        guard let contract = Registry.contracts.first(where: { $0.name == envelope.type }) else { return }
        try read(contract, body)
    } catch let rejection as Rejection {
        expect(rejection.field?.isEmpty == false, "a rejection without a field: \(rejection.code)")
    } catch {
        expect(false, "an error that is no rejection: \(error)")
    }
}

private func read<Message: Contract>(_ type: Message.Type, _ body: [UInt8]) throws {
    let message = try MessageParts(body).data(as: type)
    // What was taken can be told again.
    expect((try? Wire.encoder.encode(message)) != nil, "a message that cannot be written: \(type.name)")
}

private func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds { fatalError(what()) }
}
