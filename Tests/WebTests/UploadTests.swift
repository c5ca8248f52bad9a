import Testing

@testable import Web

@Suite("Uploads")
struct UploadTests {
    @Test("a form with a file is read whatever the pieces it comes in", arguments: [1, 2, 7, 64, 10_000])
    func pieces(_ size: Int) throws {
        let content = "a,b\r\n--x\r\n1,2\r\n"
        let body =
            "--mark\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n"
            + "--mark\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n\(content)\r\n--mark--\r\n"
        var parser = MultipartParser(boundary: "mark")
        var left = Array(body.utf8)[...]
        var file: [UInt8] = []
        while !left.isEmpty {
            try parser.feed(Array(left.prefix(size)))
            file += parser.takeFile()
            left = left.dropFirst(size)
        }
        #expect(parser.isOver)
        #expect(parser.fileName == "a.csv")
        #expect(String(decoding: file, as: UTF8.self) == content)
    }
}
