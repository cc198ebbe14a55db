// swift-tools-version: 6.2

import Foundation
import PackageDescription

/// Warnings are errors in CI only, so that a newer compiler breaks no user's build.
let warnings: [SwiftSetting] =
    ProcessInfo.processInfo.environment["CI"] == "true" ? [.treatAllWarnings(as: .error)] : []

/// One list for all our targets.
let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + warnings

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let inMemoryTracing: Target.Dependency = .product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let metricsTestKit: Target.Dependency = .product(name: "MetricsTestKit", package: "swift-metrics")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioFoundation: Target.Dependency = .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let structuredFields: Target.Dependency = .product(
    name: "RawStructuredFieldValues",
    package: "swift-http-structured-headers"
)
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "purser",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Purser", targets: ["Purser"]),
        .library(name: "PurserCatalog", targets: ["PurserCatalog"]),
        .library(name: "PurserMonitor", targets: ["PurserMonitor"]),
        .library(name: "PurserOperations", targets: ["PurserOperations"]),
        .executable(name: "purser", targets: ["PurserCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-structured-headers", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "PurserIdentifiers", swiftSettings: settings),
        .target(
            name: "PurserOperations",
            dependencies: ["PurserIdentifiers", collections, histogram, logging, serviceLifecycle],
            swiftSettings: settings
        ),
        .target(
            name: "PurserBlobs",
            dependencies: ["CZlib", "CZstd", "PurserIdentifiers", crypto, logging, nioCore, system],
            swiftSettings: settings
        ),
        .target(
            name: "PurserCatalog",
            dependencies: ["PurserIdentifiers", collections, grdb, logging, nioCore],
            swiftSettings: settings
        ),
        .target(
            name: "PurserStore",
            dependencies: [
                "PurserBlobs", "PurserCatalog", "PurserIdentifiers", "PurserOperations", crypto, logging, nioCore,
                system,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "PurserMonitor",
            dependencies: [
                "PurserCatalog", "PurserIdentifiers", "PurserOperations", asyncHTTPClient, collections, crypto,
                histogram, logging, metrics, nioCore, serviceLifecycle, subprocess, system,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "PurserOptimizer",
            dependencies: [
                "PurserBlobs", "PurserCatalog", "PurserIdentifiers", "PurserOperations", "PurserStore", collections,
                crypto, logging, nioCore, serviceLifecycle, system,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "PurserProcessing",
            dependencies: [
                "PurserBlobs", "PurserCatalog", "PurserIdentifiers", "PurserOperations", "PurserStore",
                asyncHTTPClient, collections, crypto, logging, nioCore, nioHTTP1, serviceLifecycle, subprocess, system,
                yams,
            ],
            resources: [.embedInCode("Steps/Schemas/document.schema.json")],
            swiftSettings: settings
        ),
        .target(
            name: "Purser",
            dependencies: [
                "PurserBlobs", "PurserCatalog", "PurserIdentifiers", "PurserMonitor", "PurserOperations",
                "PurserOptimizer", "PurserProcessing", "PurserStore", collections, configuration, logging, metrics,
                nioCore, serviceLifecycle, system, tracing, yams,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "PurserHTTP",
            dependencies: [
                "Purser", "PurserBlobs", "PurserCatalog", "PurserIdentifiers", "PurserMonitor", "PurserOperations",
                "PurserProcessing", "PurserStore", crypto,
                httpTypes, hummingbird, hummingbirdCore, logging, nioCore, nioFoundation, nioHTTP1, nioHTTPTypes,
                nioHTTPTypesHTTP1, nioPosix,
                serviceLifecycle, structuredFields, tracing,
            ],
            resources: [.embedInCode("OpenAPI/openapi.json")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "PurserCLI",
            dependencies: [
                "Purser", "PurserBlobs", "PurserHTTP", "PurserIdentifiers", "PurserOperations", "PurserStore",
                argumentParser, asyncHTTPClient, crypto, logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle, system,
                unixSignals,
            ],
            swiftSettings: settings
        ),
        // As a user of the library has it: with the language's own settings, and nothing but the library.
        .executableTarget(name: "Hello", dependencies: ["Purser"], path: "Examples/Hello", swiftSettings: warnings),
        .executableTarget(
            name: "WordCount",
            dependencies: ["Purser"],
            path: "Examples/WordCount",
            swiftSettings: warnings
        ),
        .target(
            name: "PurserTestSupport",
            dependencies: [
                "PurserBlobs", "PurserIdentifiers", "PurserOperations", nioCore, nioHTTP1, nioPosix, system,
            ],
            path: "Tests/PurserTestSupport",
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserIdentifiersTests",
            dependencies: ["PurserIdentifiers", "PurserTestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserOperationsTests",
            dependencies: ["PurserIdentifiers", "PurserOperations", "PurserTestSupport", logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserBlobsTests",
            dependencies: ["PurserBlobs", "PurserIdentifiers", "PurserTestSupport", crypto, logging, nioCore, system],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserCatalogTests",
            dependencies: ["PurserCatalog", "PurserIdentifiers", "PurserTestSupport", grdb, logging, nioCore],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserStoreTests",
            dependencies: [
                "PurserBlobs", "PurserCatalog", "PurserIdentifiers", "PurserOperations", "PurserOptimizer",
                "PurserStore", "PurserTestSupport", crypto, logging, nioCore, system,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserMonitorTests",
            dependencies: [
                "PurserCatalog", "PurserIdentifiers", "PurserMonitor", "PurserOperations", "PurserTestSupport",
                asyncHTTPClient, histogram, logging, metricsTestKit, nioCore, nioHTTP1, nioPosix, system,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserOptimizerTests",
            dependencies: [
                "PurserBlobs", "PurserCatalog", "PurserIdentifiers", "PurserOperations", "PurserOptimizer",
                "PurserStore", "PurserTestSupport", crypto, logging, nioCore, system,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserProcessingTests",
            dependencies: [
                "PurserBlobs", "PurserCatalog", "PurserIdentifiers", "PurserMonitor", "PurserOperations",
                "PurserProcessing", "PurserStore", "PurserTestSupport", crypto, logging, nioCore, system,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserTests",
            dependencies: [
                "Purser", "PurserBlobs", "PurserMonitor", "PurserTestSupport", logging, metricsTestKit, nioCore,
                serviceLifecycle, system,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserTracingTests",
            dependencies: [
                "Purser", "PurserHTTP", "PurserTestSupport", hummingbird, hummingbirdTesting, httpTypes,
                inMemoryTracing,
                logging, nioCore, tracing,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserExampleTests",
            dependencies: ["Hello", "PurserTestSupport", "WordCount", system],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserHTTPTests",
            dependencies: [
                "Purser", "PurserBlobs", "PurserHTTP", "PurserTestSupport", asyncHTTPClient, hummingbird,
                hummingbirdTesting, httpTypes, logging, nioCore, nioHTTP1, nioHTTPTypes, nioPosix, serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserCLITests",
            dependencies: [
                "Purser", "PurserCLI", "PurserHTTP", "PurserIdentifiers", "PurserOperations", "PurserStore",
                "PurserTestSupport", argumentParser, crypto, logging, nioCore, nioHTTP1, serviceLifecycle, system,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserCrashTests",
            dependencies: [
                "PurserCLI", "PurserIdentifiers", "PurserTestSupport", asyncHTTPClient, crypto, nioCore, nioHTTP1,
                system,
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)

// Only `make docs` needs it: users of the library are spared the plugin.
if ProcessInfo.processInfo.environment["PURSER_DOCS"] == "true" {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
