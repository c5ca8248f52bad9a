import Foundation

/// The files that Sales brings along.
enum SalesResources {
    static var migrations: URL { Bundle.module.bundleURL.appending(path: "Migrations") }
    static var pages: URL { Bundle.module.bundleURL.appending(path: "Pages") }
}
