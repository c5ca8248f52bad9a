import ArgumentParser
import Boot
import Sales

// Said with its type, because a file's top level would choose the command's blocking `main()`.
let run: () async -> Void = LintelCommand<SalesService>.main
await run()
