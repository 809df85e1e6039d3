// swift-tools-version: 6.2
import PackageDescription

// Floors, bottom up; a target imports only lower floors (checked by
// Tests/ArchitectureTests). See docs/architecture/README.md.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(
  name: "UnixSignals", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
  name: "sedai",
  products: [
    .executable(name: "sedaid", targets: ["sedaid"]),
    .executable(name: "sedai", targets: ["sedai"]),
    .executable(name: "ism", targets: ["ism"]),
    .executable(name: "sedai-check", targets: ["sedai-check"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    // MARK: Floor 0, domain: model, checked bytes, locks
    .target(name: "CSedaiBytes"),
    .target(name: "SedaiBytes", dependencies: ["CSedaiBytes"], swiftSettings: strict),
    .target(name: "SedaiMonitor", swiftSettings: strict),
    .target(name: "SedaiModel", swiftSettings: strict),

    // MARK: Floor 1, encodings: on-disk format, API types
    .target(name: "SedaiFormat", dependencies: ["SedaiBytes"], swiftSettings: strict),
    .target(name: "SedaiAPI", dependencies: ["SedaiModel"], swiftSettings: strict),
    .target(name: "SedaiManual", swiftSettings: strict),

    // MARK: Floor 2, machines: snapshot engine, protocol state machines
    .target(
      name: "SedaiEngine", dependencies: ["SedaiFormat", "SedaiBytes", "SedaiMonitor"],
      swiftSettings: strict),
    .target(name: "SedaiNBD", dependencies: ["SedaiBytes"], swiftSettings: strict),
    .target(
      name: "SedaiSCSI", dependencies: ["SedaiBytes", "SedaiModel", "SedaiMonitor"],
      swiftSettings: strict),
    .target(
      name: "SedaiISCSI", dependencies: ["SedaiBytes", "SedaiModel"], swiftSettings: strict),
    .target(
      name: "SedaiHostModel", dependencies: ["SedaiAPI", "SedaiModel"], swiftSettings: strict),

    // MARK: Floor 3, use cases
    .target(
      name: "SedaiArray",
      dependencies: ["SedaiModel", "SedaiEngine", "SedaiMonitor", "SedaiBytes", "SedaiFormat"],
      swiftSettings: strict),

    // MARK: Floor 4, edges: HTTP, network listeners, Linux, API client
    .target(name: "CSedaiLinux"),
    .target(
      name: "SedaiLinux", dependencies: ["CSedaiLinux", "SedaiEngine", "SedaiBytes"],
      swiftSettings: strict),
    .target(
      name: "SedaiNetwork",
      dependencies: [
        "SedaiArray", "SedaiNBD", "SedaiSCSI", "SedaiISCSI", "SedaiBytes", "SedaiModel",
        "SedaiMonitor", nio("NIOCore"), nio("NIOPosix"), nio("NIOTLS"), nioSSL, logging, metrics,
        crypto,
      ],
      swiftSettings: strict),
    .target(
      name: "SedaiHTTP",
      dependencies: [
        "SedaiArray", "SedaiAPI", "SedaiModel", "SedaiMonitor", hummingbird, hummingbirdTLS,
        logging, crypto, lifecycle, nio("NIOCore"), nio("NIOPosix"), nioSSL,
      ],
      swiftSettings: strict),
    .target(
      name: "SedaiClient",
      dependencies: [
        "SedaiAPI", "SedaiModel", httpClient, nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"),
        nioSSL,
      ],
      swiftSettings: strict),
    .target(
      name: "SedaiHost",
      dependencies: ["SedaiHostModel", "SedaiAPI", "SedaiModel", "CSedaiLinux"],
      swiftSettings: strict),

    // MARK: Floor 5, programs: wiring only
    .executableTarget(
      name: "sedaid",
      dependencies: [
        "SedaiHTTP", "SedaiNetwork", "SedaiLinux", "SedaiArray", "SedaiEngine", "SedaiModel",
        "SedaiAPI", "SedaiBytes", "SedaiFormat", "SedaiMonitor", "SedaiManual", argumentParser,
        logging, lifecycle, unixSignals, toml, nioSSL,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "sedai",
      dependencies: [
        "SedaiClient", "SedaiHost", "SedaiHostModel", "SedaiAPI", "SedaiModel", "SedaiManual",
        argumentParser,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "ism",
      dependencies: [
        "SedaiClient", "SedaiHost", "SedaiHostModel", "SedaiAPI", "SedaiModel", "SedaiManual",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "sedai-check",
      dependencies: [
        "SedaiLinux", "SedaiEngine", "SedaiFormat", "SedaiBytes", "SedaiManual", argumentParser,
      ],
      swiftSettings: strict),

    // MARK: Proof
    .target(
      name: "SedaiSimulation",
      dependencies: ["SedaiEngine", "SedaiFormat", "SedaiBytes", "SedaiMonitor"],
      path: "Simulation/SedaiSimulation", swiftSettings: strict),
    .testTarget(name: "SedaiModelTests", dependencies: ["SedaiModel"], swiftSettings: strict),
    .testTarget(
      name: "SedaiArrayTests",
      dependencies: [
        "SedaiArray", "SedaiEngine", "SedaiFormat", "SedaiBytes", "SedaiModel", "SedaiMonitor",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SedaiAPITests", dependencies: ["SedaiAPI", "SedaiModel"], swiftSettings: strict),
    .target(
      name: "DocumentedLines", path: "Tests/DocumentedLines", swiftSettings: strict),
    .testTarget(
      name: "ismTests",
      dependencies: ["ism", "SedaiHostModel", "SedaiAPI", "SedaiModel", "DocumentedLines"],
      swiftSettings: strict),
    .testTarget(
      name: "sedaiTests",
      dependencies: ["sedai", "SedaiAPI", "DocumentedLines", argumentParser], swiftSettings: strict
    ),
    .testTarget(
      name: "SedaiClientTests", dependencies: ["SedaiClient", "SedaiAPI"],
      swiftSettings: strict),
    .testTarget(
      name: "SedaiHTTPTests",
      dependencies: [
        "SedaiHTTP", "SedaiClient", "SedaiAPI", "SedaiArray", "SedaiEngine", "SedaiFormat",
        "SedaiModel", "SedaiBytes", "SedaiMonitor", httpClient, lifecycle, logging,
        nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SedaidTests",
      dependencies: [
        "sedaid", "sedai", "ism", "sedai-check", "SedaiLinux", "DocumentedLines", argumentParser,
      ],
      swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(
      name: "DocumentationTests", exclude: ["Fixtures"], swiftSettings: strict),
    .target(
      name: "SedaiNBDTestSupport", path: "Tests/SedaiNBDTestSupport", swiftSettings: strict),
    .testTarget(
      name: "SedaiNBDTests", dependencies: ["SedaiNBD", "SedaiBytes", "SedaiNBDTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "SedaiSCSITests",
      dependencies: [
        "SedaiSCSI", "SedaiModel", "SedaiBytes", "SedaiMonitor", "SedaiNBDTestSupport",
      ],
      swiftSettings: strict),
    .target(
      name: "SedaiISCSITestSupport", path: "Tests/SedaiISCSITestSupport", swiftSettings: strict),
    .testTarget(
      name: "SedaiISCSITests",
      dependencies: [
        "SedaiISCSI", "SedaiModel", "SedaiBytes", "SedaiISCSITestSupport", "SedaiNBDTestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SedaiHostModelTests", dependencies: ["SedaiHostModel", "SedaiAPI", "SedaiModel"],
      swiftSettings: strict),
    .testTarget(
      name: "SedaiNetworkTests",
      dependencies: [
        "SedaiNetwork", "SedaiArray", "SedaiNBD", "SedaiSCSI", "SedaiISCSI", "SedaiEngine",
        "SedaiFormat", "SedaiBytes", "SedaiModel", "SedaiMonitor", "SedaiNBDTestSupport",
        "SedaiISCSITestSupport", logging, nio("NIOPosix"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "sedai-simulate", dependencies: ["SedaiSimulation"], path: "Simulation/sedai-simulate",
      swiftSettings: strict),
    .testTarget(
      name: "SedaiSimulationTests",
      dependencies: [
        "SedaiSimulation", "SedaiEngine", "SedaiFormat", "SedaiBytes", "SedaiMonitor",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SedaiEngineTests",
      dependencies: [
        "SedaiSimulation", "SedaiEngine", "SedaiFormat", "SedaiBytes", "SedaiMonitor",
      ],
      exclude: ["Fixtures"], swiftSettings: strict),
  ]
)

// Floors 0 to 3 with their tests and nothing else: quick to build for ThreadSanitizer, see
// scripts/race.
if Context.environment["SEDAI_RACE"] != nil {
  let kept: Set = [
    "CSedaiBytes", "SedaiBytes", "SedaiMonitor", "SedaiModel", "SedaiFormat", "SedaiEngine",
    "SedaiArray", "SedaiSimulation", "SedaiEngineTests", "SedaiArrayTests",
  ]
  package.products = []
  package.targets.removeAll { !kept.contains($0.name) }
}

// Fuzz harnesses are libraries that scripts/fuzz.sh links with libFuzzer; see there.
if Context.environment["SEDAI_FUZZ"] != nil {
  let harnesses: [(name: String, dependencies: [Target.Dependency])] = [
    ("NBD", ["SedaiNBD"]),
    ("ISCSI", ["SedaiISCSI", "SedaiModel", "SedaiBytes"]),
    ("SCSI", ["SedaiSCSI", "SedaiBytes", "SedaiMonitor"]),
    ("Journal", ["SedaiFormat", "SedaiBytes"]),
    ("MapPage", ["SedaiEngine", "SedaiFormat", "SedaiBytes"]),
    ("HostDisk", ["SedaiHostModel"]),
  ]
  for (name, dependencies) in harnesses {
    package.products.append(
      .library(name: "Fuzz\(name)", type: .static, targets: ["Fuzz\(name)"]))
    package.targets.append(
      .target(
        name: "Fuzz\(name)", dependencies: dependencies, path: "Fuzz/\(name)",
        exclude: ["Corpus"], swiftSettings: strict))
  }
}
