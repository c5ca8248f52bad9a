import Foundation
import Synchronization

/// Named places at which a test may kill or freeze the process.
///
/// Off unless `LINTEL_FAILPOINT` names one.
///
/// `LINTEL_FAILPOINT=relay.after-publish:3` kills the process with SIGKILL when it comes by for the third time;
/// `relay.after-publish:3:stop` freezes it there with SIGSTOP, until somebody sends SIGCONT.
public enum Failpoint {
    private static let armed: Armed? = ProcessInfo.processInfo.environment["LINTEL_FAILPOINT"].flatMap(Armed.init)

    /// Dies here if it is this place's turn.
    public static func hit(_ name: StaticString) {
        guard let armed, armed.name == "\(name)" else { return }
        armed.countDown()
    }

    private final class Armed: Sendable {
        let name: String
        private let signal: Int32
        private let remaining: Mutex<Int>

        init?(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 2)
            guard let first = parts.first else { return nil }
            name = String(first)
            signal = parts.count > 2 && parts[2] == "stop" ? SIGSTOP : SIGKILL
            remaining = Mutex(parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
        }

        func countDown() {
            let left = remaining.withLock { count in
                count -= 1
                return count
            }
            if left == 0 { kill(getpid(), signal) }
        }
    }
}
