import CCurl

/// One libcurl handle: it keeps its connections, so that the next transfer to the same server begins at once.
///
/// It belongs to one thread. Options are forgotten after each transfer, connections are not.
final class Easy {
    private static let isInitialised = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    /// More of an answer than this is not kept, in bytes.
    private static let textLimit = 16 * 1_024

    private let handle: UnsafeMutableRawPointer
    private let body = Sink(limit: textLimit)
    private let headers = Sink(limit: textLimit)
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var mime: OpaquePointer?
    private var firstFault = CURLE_OK

    init?() {
        guard Easy.isInitialised, let handle = curl_easy_init() else { return nil }
        self.handle = handle
    }

    deinit {
        forget()
        curl_easy_cleanup(handle)
    }

    func set(_ option: CURLoption, _ text: String) { note(lintel_curl_set_text(handle, option, text)) }
    func set(_ option: CURLoption, _ number: Int) { note(lintel_curl_set_long(handle, option, number)) }
    func set(_ option: CURLoption, _ isOn: Bool) { set(option, isOn ? 1 : 0) }

    /// In whole milliseconds.
    func set(_ option: CURLoption, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        set(option, Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000))
    }

    func set(_ option: CURLoption, _ lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else { return note(CURLE_OUT_OF_MEMORY) }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        note(lintel_curl_set_pointer(handle, option, list))
    }

    /// The parts of a mail that say the same, the plainest first.
    func setAlternatives(_ parts: [(type: String, text: String)]) {
        let mime = curl_mime_init(handle)
        self.mime = mime
        for (type, text) in parts {
            let part = curl_mime_addpart(mime)
            note(text.withCString { curl_mime_data(part, $0, text.utf8.count) })
            note(curl_mime_type(part, type))
            note(curl_mime_encoder(part, "quoted-printable"))
        }
        note(lintel_curl_set_pointer(handle, CURLOPT_MIMEPOST, UnsafeMutableRawPointer(mime)))
    }

    /// Runs the transfer with the options set, then forgets them.
    func perform(takingText source: TextSource) -> Ending {
        defer { forget() }
        set(CURLOPT_NOSIGNAL, true)
        listen(body, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA)
        listen(headers, CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA)
        let result = firstFault == CURLE_OK ? curl_easy_perform(handle) : firstFault
        return Ending(
            result: result,
            status: lintel_curl_get_long(handle, CURLINFO_RESPONSE_CODE),
            requestSize: lintel_curl_get_long(handle, CURLINFO_REQUEST_SIZE),
            text: source == .body ? body.text : headers.lastLine
        )
    }

    /// Where the other side's words are.
    enum TextSource {
        case body
        case lastHeaderLine
    }

    private func listen(_ sink: Sink, _ function: CURLoption, _ context: CURLoption) {
        note(lintel_curl_set_sink(handle, function, keep))
        note(lintel_curl_set_pointer(handle, context, Unmanaged.passUnretained(sink).toOpaque()))
    }

    private func note(_ result: CURLcode) {
        if firstFault == CURLE_OK { firstFault = result }
    }

    private func forget() {
        curl_easy_reset(handle)
        for list in lists { curl_slist_free_all(list) }
        lists = []
        if let mime { curl_mime_free(mime) }
        mime = nil
        body.empty()
        headers.empty()
        firstFault = CURLE_OK
    }
}

/// Keeps the beginning of what arrives.
private final class Sink {
    private let limit: Int
    private var bytes: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    func take(_ piece: UnsafeRawBufferPointer) { bytes += piece.prefix(limit - min(limit, bytes.count)) }
    func empty() { bytes = [] }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var lastLine: String {
        text.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
    }
}

/// Called by libcurl for each piece that arrives; a short count would end the transfer.
private func keep(
    bytes: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return size * count }
    let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
    sink.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}
