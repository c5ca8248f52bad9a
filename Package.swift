// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled alike: Swift 6, explicit existentials, imports that say who sees them, no warning left.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A library under `Shared/`.
func shared(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    folder: String? = nil,
    exclude: [String] = [],
    resources: [Resource]? = nil
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Shared/\(folder ?? name)",
        exclude: exclude,
        resources: resources,
        swiftSettings: settings
    )
}

/// What every service stands on.
let spine: [Target.Dependency] = [
    "Boot", "Contracts", "Failures", "Messaging", "Postgres", "Traces", "Web", argumentParser, configuration,
    hummingbird, httpTypes, lifecycle, logging, metrics, mustache, nioCore,
]

/// A service: one library that holds everything, and one thin executable that starts it.
///
/// The executable takes its memory from jemalloc, which is quicker than the system's where many threads ask
/// (`docs/performance.md`).
func service(
    _ module: String,
    folder: String,
    also: [Target.Dependency] = [],
    alsoCopy: [Resource] = []
) -> [Target] {
    [
        .target(
            name: module,
            dependencies: spine + also,
            path: "Services/\(folder)",
            exclude: ["main"],
            resources: [.copy("Migrations"), .copy("Pages"), .copy("openapi.yaml")] + alsoCopy,
            swiftSettings: settings
        ),
        .executableTarget(
            name: "\(module)Main",
            dependencies: [.target(name: module)],
            path: "Services/\(folder)/main",
            swiftSettings: settings,
            linkerSettings: [.linkedLibrary("jemalloc")]
        ),
    ]
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        path: "Tests/\(name)",
        resources: resources,
        swiftSettings: settings
    )
}

let package = Package(
    name: "lintel",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "leads", targets: ["LeadsMain"]),
        .executable(name: "sales", targets: ["SalesMain"]),
        .executable(name: "service", targets: ["AfterSalesMain"]),
        .executable(name: "notify", targets: ["NotifyMain"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", exact: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird.git",
            exact: "2.28.1",
            traits: ["FullFoundation"]
        ),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", exact: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", exact: "5.7.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CPostgres",
            path: "Shared/CPostgres",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]
        ),
        .systemLibrary(
            name: "CRabbitMQ",
            path: "Shared/CRabbitMQ",
            pkgConfig: "librabbitmq",
            providers: [.apt(["librabbitmq-dev"])]
        ),
        .systemLibrary(
            name: "CCurl",
            path: "Shared/CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .target(
            name: "CPhone",
            path: "Shared/CPhone",
            linkerSettings: [.linkedLibrary("phonenumber")]
        ),

        shared("Threads"),
        shared("Postgres", ["CPostgres", "Threads", lifecycle, logging, metrics]),
        shared("AMQP", ["CRabbitMQ", "Threads", lifecycle, logging, metrics]),
        shared("Outbound", ["CCurl", "Threads"]),
        shared("Traces", [tracing], folder: "Tracing/Traces"),
        shared("OTLP", ["Outbound", "Traces", lifecycle, logging, metrics, tracing], folder: "Tracing/OTLP"),
        shared("Phone", ["CPhone"]),
        shared("Failures"),
        shared("Contracts", ["Failures"]),
        shared(
            "Messaging",
            ["AMQP", "Contracts", "Failures", "Postgres", "Traces", crypto, lifecycle, logging, metrics],
            resources: [.copy("Migrations")]
        ),
        shared(
            "Web",
            [
                "Contracts", "Failures", "Messaging", "Postgres", "Traces", coreMetrics, crypto, hummingbird, httpTypes,
                jwt, lifecycle, logging, metrics, mustache, nioCore,
            ],
            exclude: ["README.md"],
            resources: [.copy("Pages"), .copy("Assets")]
        ),
        shared(
            "Policies",
            ["Contracts", "Failures", "Messaging", "Postgres", "Web", hummingbird]
        ),
        shared(
            "Boot",
            [
                "AMQP", "Contracts", "Failures", "Messaging", "OTLP", "Postgres", "Threads", "Traces", "Web",
                argumentParser, configuration, hummingbird, lifecycle, logging, coreMetrics, metrics, httpTypes,
                nioCore, unixSignals,
            ]
        ),
    ]
        + service("Leads", folder: "Leads", also: ["AMQP", "Outbound", "Phone", "Policies", crypto])
        + service("Sales", folder: "Sales", also: ["Threads", crypto, cryptoExtras, jwt])
        + service("AfterSales", folder: "Service")
        + service(
            "Notify",
            folder: "Notify",
            also: ["Outbound", "Policies", crypto],
            alsoCopy: [.copy("Templates/Texts")]
        )
        + [
            .target(
                name: "TestSupport",
                dependencies: [
                    "AMQP", "Contracts", "Messaging", "Postgres", "Web", hummingbird, httpTypes, logging, nioCore,
                ],
                path: "Tests/Support",
                swiftSettings: settings
            ),
            .executableTarget(
                name: "CrashToy",
                dependencies: ["AMQP", "Contracts", "Messaging", "Postgres", lifecycle, logging],
                path: "Tests/CrashToy",
                swiftSettings: settings
            ),
            .executableTarget(
                name: "Cycles",
                dependencies: ["AMQP", "Outbound", "Phone", "Postgres", lifecycle, logging],
                path: "Tests/Cycles",
                swiftSettings: settings
            ),
            .executableTarget(
                name: "TimersBench",
                dependencies: ["Contracts", "Messaging", "Postgres", logging],
                path: "Benchmarks/Timers",
                swiftSettings: settings
            ),
            tests("ArchitectureTests", [yams]),
            tests("ThreadsTests", ["Threads"]),
            tests("AMQPTests", ["AMQP", "CRabbitMQ", "TestSupport", logging, lifecycle]),
            tests("PostgresTests", ["Postgres", "TestSupport", logging, lifecycle]),
            tests("ContractsTests", ["Contracts", "Failures", yams], resources: [.copy("Samples")]),
            tests(
                "MessagingTests",
                ["Messaging", "AMQP", "Postgres", "Contracts", "Failures", "TestSupport", lifecycle, logging]
            ),
            tests("TracingTests", ["OTLP", "Traces", tracing]),
            tests("OutboundTests", ["CCurl", "Outbound", "TestSupport"]),
            tests(
                "WebTests",
                ["Web", "Contracts", "Failures", "TestSupport", coreMetrics, hummingbird, httpTypes, logging, nioCore],
                resources: [.copy("Pages")]
            ),
            tests("BootTests", ["AMQP", "TestSupport"] + spine),
            tests("LeadsTests", ["AMQP", "Leads", "Phone", "Policies", "TestSupport", crypto] + spine),
            tests("SalesTests", ["Sales", "TestSupport"] + spine),
            tests("AfterSalesTests", ["AfterSales", "TestSupport"] + spine),
            tests("NotifyTests", ["Notify", "Outbound", "Policies", "TestSupport"] + spine),
            tests("ProjectionTests", ["AfterSales", "Leads", "Notify", "Policies", "Sales", "TestSupport"] + spine),
        ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
