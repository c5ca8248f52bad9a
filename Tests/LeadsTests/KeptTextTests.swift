import Foundation
import Testing

@testable import Leads

@Suite("Texts as they are kept")
struct KeptTextTests {
    @Test(
        "white space of any script goes from the ends and only from there, as Foundation has it",
        arguments: [
            "", " ", "\u{3000}\n", "李雷", " 李雷 ", "\u{3000}李 雷\u{3000}", "\tAnna Keller\r\n", "\u{200B}x\u{A0}",
            "吗?\u{2028}",
            "👩‍👩‍👧 ", " e\u{301}", "\u{301} e",
        ]
    )
    func trimmed(text: String) {
        let expected = text.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(Array(text.trimmed.unicodeScalars) == Array(expected.unicodeScalars))
    }
}
