import ArgumentParser
import Boot
import Notify

// Said with its type, because a file's top level would choose the command's blocking `main()`.
let run: () async -> Void = LintelCommand<NotifyService>.main
await run()
