import ArgumentParser
import Boot
import Sales

/// Starts the service.
///
/// Not a `main.swift`: at a file's top level the blocking `main()` of the command would be chosen.
@main
enum SalesExecutable {
    static func main() async {
        await LintelCommand<SalesService>.main()
    }
}
