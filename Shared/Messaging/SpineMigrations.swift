public import Foundation

/// The migrations that every service's schema begins with.
public enum SpineMigrations {
    public static var folder: URL { Bundle.module.bundleURL.appending(path: "Migrations") }
}
