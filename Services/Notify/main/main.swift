import ArgumentParser
import Boot
import Notify

/// A function of its own, because a file's top level would choose the command's blocking `main()`.
func start() async { await LintelCommand<NotifyService>.main() }

await start()
