import Contracts
import Failures
import Foundation

/// A submission after reading: understood, or rejected with a reason.
struct ReadSubmission: Sendable {
    let received: ReceivedSubmission
    /// The channel that its ledger row names: the one that the transport vouches for, where it does.
    let channel: String
    /// What tells this submission from others of the channel.
    let key: String
    let externalID: String?
    let reading: Result<Enquiry, Rejection>

    var enquiry: Enquiry? { try? reading.get() }
    var rejection: Rejection? {
        guard case .failure(let rejection) = reading else { return nil }
        return rejection
    }
}

/// What a submission says, read without knowing the channels: that may be done before its turn has come.
struct ParsedSubmission: Sendable {
    var received: ReceivedSubmission
    /// The channel that the body names.
    fileprivate let channel: String?
    fileprivate let externalID: String?
    fileprivate let reading: Result<Enquiry, Rejection>

    /// Pure: never throws, but holds what is wrong.
    init(_ received: ReceivedSubmission, now: Date) {
        self.received = received
        do {
            let submission = try ParsedSubmission.decode(received)
            channel = submission.channel
            externalID = (try? EnquiryReader.externalID(submission.externalId)) ?? nil
            do {
                reading = .success(try EnquiryReader.read(submission, now: now))
            } catch {
                reading = .failure(Rejection(reading: error))
            }
        } catch {
            channel = nil
            externalID = nil
            reading = .failure(Rejection(reading: error))
        }
    }

    /// What something else than the intake's own contract was read as: the body stays as it came.
    init(_ received: ReceivedSubmission, channel: String, externalID: String?, reading: Result<Enquiry, Rejection>) {
        self.received = received
        self.channel = channel
        self.externalID = externalID
        self.reading = reading
    }

    /// Nil where it was not understood.
    var enquiry: Enquiry? { try? reading.get() }

    private static func decode(_ received: ReceivedSubmission) throws -> SubmitLead {
        if received.contentType?.hasPrefix("application/cloudevents") == true {
            return try decodeStrictly(SubmissionEvent.self, from: received.body).data
        }
        do {
            return try decodeStrictly(SubmitLead.self, from: received.body)
        } catch {
            // Some clients cannot set a content type: an event says what it is in its body as well.
            let mark = try? decodeStrictly(EventMark.self, from: received.body)
            guard mark?.specversion != nil else { throw error }
            return try decodeStrictly(SubmissionEvent.self, from: received.body).data
        }
    }
}

/// Judges what channels send: whether it may come from where it came from, and what it says.
///
/// Pure: bytes, the known channels and a time in, enquiries or rejections out.
struct SubmissionReader: Sendable {
    let channels: [String: Channel]
    let now: Date

    func read(_ received: ReceivedSubmission) -> ReadSubmission { judge(ParsedSubmission(received, now: now)) }

    func judge(_ parsed: ParsedSubmission) -> ReadSubmission {
        let received = parsed.received
        guard let named = parsed.channel else {
            return ReadSubmission(
                received: received,
                channel: received.routedChannel ?? "unknown",
                key: received.messageID ?? received.digest,
                externalID: nil,
                reading: parsed.reading
            )
        }
        var key = parsed.externalID ?? received.messageID ?? received.digest
        var reading = parsed.reading
        do {
            if let header = received.forgedHeader {
                // Under a key of its own, so that the same bytes without the header are another submission.
                key += " with \(header)"
                throw Rejection.invalid(header, "forged-header", "\(header) is the broker's to write.")
            }
            try checkChannel(named, received)
            if let campaign = channels[named]?.defaultCampaign {
                reading = reading.map { enquiry in enquiry.campaign == nil ? enquiry.inCampaign(campaign) : enquiry }
            }
        } catch {
            reading = .failure(Rejection(reading: error))
        }
        return ReadSubmission(
            received: received,
            channel: received.routedChannel ?? String(named.prefix(100)),
            key: key,
            externalID: parsed.externalID,
            reading: reading
        )
    }

    private func checkChannel(_ name: String, _ received: ReceivedSubmission) throws {
        if let routed = received.routedChannel, routed != name {
            throw Rejection.invalid("channel", "channel-not-the-routes", "channel differs from the one it was sent to.")
        }
        guard let channel = channels[name] else {
            throw Rejection.invalid("channel", "unknown-channel", "There is no such channel.")
        }
        guard channel.isActive else {
            throw Rejection.invalid("channel", "channel-inactive", "The channel is switched off.")
        }
        if let user = received.brokerUser, user != channel.brokerUser {
            throw Rejection.invalid("channel", "channel-not-the-users", "channel is not that of the broker's user.")
        }
    }
}

/// What shows that a body is a CloudEvent.
private struct EventMark: Decodable {
    let specversion: String?
}

/// A CloudEvent that carries a submission.
private struct SubmissionEvent: Decodable {
    let data: SubmitLead

    private enum CodingKeys: String, CodingKey {
        case specversion, id, source, type, data
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(String.self, forKey: .specversion)
        guard version == "1.0" else {
            throw Rejection.invalid("specversion", "unknown-specversion", "specversion must be 1.0.")
        }
        _ = try container.decode(String.self, forKey: .id)
        _ = try container.decode(String.self, forKey: .source)
        let type = try container.decode(String.self, forKey: .type)
        guard type == SubmitLead.name.text else {
            throw Rejection.invalid("type", "unknown-type", "type must be \(SubmitLead.name).")
        }
        data = try container.decode(SubmitLead.self, forKey: .data)
    }
}

extension Rejection {
    /// What reading a submission threw; whatever is not a rejection already is a body that cannot be read.
    fileprivate init(reading error: any Error) {
        let found = error as? Rejection ?? .invalid(JSONShape.wholeBody, "malformed-json", "The body cannot be read.")
        self.init(
            found.kind,
            found.code,
            String(found.message.prefix(500)),
            field: found.field.map { String($0.prefix(300)) }
        )
    }
}
