import Foundation

/// What the operating system says of this process, under the names that Prometheus clients share.
enum ProcessStatistics {
    static let descriptions: [MetricDescription] = [
        .gauge("process_resident_memory_bytes", "Memory that the process holds, in bytes."),
        .gauge("process_open_fds", "Files and sockets that the process has open."),
        .gauge("process_threads", "Threads of the process."),
        .gauge("process_start_time_seconds", "When the process started, in seconds since 1970."),
        .counter("process_cpu_seconds_total", "Time on the processor, in seconds."),
    ]

    /// Values by name; empty where there is no `/proc`.
    static func read() -> [String: Double] {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return [:] }
        // The program's name stands in brackets and may hold spaces; the third field follows it.
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let threads = Double(fields[17]), let start = Double(fields[19]), let pages = Double(fields[21])
        else { return [:] }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        var values = [
            "process_cpu_seconds_total": (user + system) / ticks,
            "process_threads": threads,
            "process_resident_memory_bytes": pages * Double(sysconf(Int32(_SC_PAGESIZE))),
        ]
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            values["process_open_fds"] = Double(files.count)
        }
        if let boot = bootTime { values["process_start_time_seconds"] = boot + start / ticks }
        return values
    }

    private static let bootTime: Double? = {
        let stat = try? String(contentsOfFile: "/proc/stat", encoding: .utf8)
        let line = stat?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) }
    }()
}
