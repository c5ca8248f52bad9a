import ArgumentParser
import Boot
import Leads

/// A function of its own, because a file's top level would choose the command's blocking `main()`.
func start() async { await LintelCommand<LeadsService>.main() }

await start()
