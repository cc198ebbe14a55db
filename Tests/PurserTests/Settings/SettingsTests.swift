import Foundation
import Purser
import PurserTestSupport
import SystemPackage
import Testing

@Suite struct SettingsTests {
    private func read(
        _ yaml: String?,
        environment: [String: String] = [:],
        flags: [String: String] = [:]
    ) async throws -> PurserConfiguration {
        try await withTemporaryFolder { folder in
            let file = folder.appending("purser.yaml").string
            if let yaml { try yaml.write(toFile: file, atomically: true, encoding: .utf8) }
            let settings = try await SettingsReader(
                file: yaml == nil ? nil : file,
                environment: environment,
                flags: flags
            )
            let configuration = PurserConfiguration(reading: settings)
            try settings.finish(ignoring: ["server.", "log."])
            return configuration
        }
    }

    private func problems(
        _ yaml: String,
        environment: [String: String] = [:],
        flags: [String: String] = [:]
    ) async throws -> [SettingsError.Problem] {
        do {
            _ = try await self.read(yaml, environment: environment, flags: flags)
            return []
        } catch let error as SettingsError {
            return error.problems
        }
    }

    @Test func withoutSourcesTheDefaultsHold() async throws {
        let configuration = try await self.read(nil)
        #expect(configuration.resources.maxConcurrentOperations == 10)
        #expect(configuration.resources.memoryBudget == 500_000_000)
        #expect(configuration.resources.maxFileSize == 100_000_000)
        #expect(configuration.storage.inlineLimit == 65_536)
        #expect(configuration.storage.collectGrace == .seconds(3600))
        #expect(configuration.storage.createsWhenMissing)
    }

    @Test func laterSourcesWin() async throws {
        let yaml = "resources:\n  max_concurrent_operations: 20\n  queue:\n    capacity: 5\nstorage:\n  quota: 1GB\n"
        let environment = [
            "PURSER_RESOURCES_MAX_CONCURRENT_OPERATIONS": "30", "PURSER_RESOURCES_QUEUE_WAIT_LIMIT": "5s",
        ]
        let flags = ["resources.max_concurrent_operations": "40"]
        #expect(try await self.read(yaml).resources.maxConcurrentOperations == 20)
        #expect(try await self.read(yaml, environment: environment).resources.maxConcurrentOperations == 30)
        let all = try await self.read(yaml, environment: environment, flags: flags)
        #expect(all.resources.maxConcurrentOperations == 40)
        #expect(all.resources.queueCapacity == 5)
        #expect(all.resources.queueWaitLimit == .seconds(5))
        #expect(all.storage.quota == 1_000_000_000)
    }

    @Test(arguments: [
        ("resources:\n  max_concurrent_operations: 0\n", "resources.max_concurrent_operations"),
        ("resources:\n  max_concurrent_operations: many\n", "resources.max_concurrent_operations"),
        ("resources:\n  max_concurrent_operations: [1, 2]\n", "resources.max_concurrent_operations"),
        ("resources:\n  memory_budget: 1MB\n", "resources.memory_budget"),
        ("resources:\n  client_rate: -1\n", "resources.client_rate"),
        ("resources:\n  caps:\n    upload: 0\n", "resources.caps.upload"),
        ("storage:\n  create: maybe\n", "storage.create"),
        ("storage:\n  inline_limit: 2MiB\n", "storage.inline_limit"),
        ("storage:\n  collect_grace: soon\n", "storage.collect_grace"),
        ("storage:\n  colect_grace: 1h\n", "storage.colect_grace"),
        ("storrage:\n  path: x\n", "storrage.path"),
        ("resources:\n  adaptive:\n    min: 9\n    max: 3\n", "resources.adaptive.max"),
    ])
    func impossibleSettingsAreNamedWithTheirPlace(_ yaml: String, _ key: String) async throws {
        let problems = try await self.problems(yaml)
        #expect(problems.map(\.key) == [key])
        #expect(problems.first?.message.contains("line ") == true, "\(problems)")
    }

    @Test func everyProblemIsReportedAtOnce() async throws {
        let yaml = "storage:\n  create: maybe\n  nonsense: 1\n"
        let problems = try await self.problems(
            yaml,
            environment: ["PURSER_STORAGE_QUOTA": "lots"],
            flags: ["resources.queue.capacity": "-5", "no.such": "1"]
        )
        #expect(
            Set(problems.map(\.key))
                == ["storage.create", "storage.nonsense", "storage.quota", "resources.queue.capacity", "no.such"]
        )
        #expect(problems.contains { $0.message.contains("PURSER_STORAGE_QUOTA") })
        #expect(problems.contains { $0.message.contains("command line") })
    }

    @Test(arguments: ["a: [", "- 1\n- 2\n", "just text"])
    func filesThatAreNoSettingsAreRefused(_ yaml: String) async throws {
        #expect(try await self.problems(yaml).count == 1)
    }

    @Test func anEmptyFileIsFine() async throws {
        #expect(try await self.problems("") == [])
        #expect(try await self.problems("# nothing\n") == [])
    }

    @Test func aMissingFileIsNamed() async throws {
        let error = await #expect(throws: SettingsError.self) {
            _ = try await SettingsReader(file: "/nonexistent/purser.yaml", environment: [:])
        }
        #expect(error?.problems.first?.key == "/nonexistent/purser.yaml")
    }

    @Test func unknownVariablesAreTold() async throws {
        let settings = try await SettingsReader(
            file: nil,
            environment: ["PURSER_STORAGE_PTAH": "x", "PURSER_STORAGE_PATH": "y", "HOME": "/"]
        )
        _ = PurserConfiguration(reading: settings)
        #expect(settings.unknownVariables == ["PURSER_STORAGE_PTAH"])
    }
}
