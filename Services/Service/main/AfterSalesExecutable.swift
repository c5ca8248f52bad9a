import AfterSales
import ArgumentParser
import Boot

/// The service's executable.
///
/// A `main.swift` would choose the command's synchronous `main`.
@main
enum AfterSalesExecutable {
    static func main() async { await LintelCommand<AfterSalesService>.main() }
}
