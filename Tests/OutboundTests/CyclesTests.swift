import Foundation
import TestSupport
import Testing

/// `Tests/Cycles` in a process of its own, since other tests open and close files and threads as well; `make cycles` runs
/// a thousand of them and looks at the memory too.
@Suite("The clients of C libraries")
struct CyclesTests {
    @Test(
        "hold no more descriptors and threads after being started, broken and stopped many times",
        .timeLimit(.minutes(35)),
        arguments: ["amqp", "postgres", "outbound"]
    )
    func cycles(client: String) async throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(filePath: tests).deletingLastPathComponent().appending(path: "Cycles")
        process.arguments = ["15", client]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        try await eventually("it ends", within: .seconds(120)) { !process.isRunning }
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(process.terminationStatus == 0, "\(said)")
        #expect(said.contains("15 cycles"))
    }
}
