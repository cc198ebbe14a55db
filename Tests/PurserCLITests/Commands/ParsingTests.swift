import ArgumentParser
import Purser
import PurserOperations
import Testing

@testable import PurserCLI

@Suite("The command line")
struct ParsingTests {
    private func parse<Command: ParsableCommand>(_ type: Command.Type, _ arguments: String...) throws -> Command {
        try #require(try PurserCommand.parseAsRoot(ArgumentOrder.normalized(arguments)) as? Command)
    }

    @Test func optionsOfAllCommandsMayStandBeforeTheCommand() throws {
        let list = try self.parse(ListCommand.self, "--json", "--bucket", "scans", "--storage=/srv", "ls", "-l", "x/")
        #expect(list.common.json)
        #expect(list.common.storage == "/srv")
        #expect(list.bucket.name == "scans")
        #expect(list.prefix == "x/")
        #expect(try self.parse(StatCommand.self, "-b", "scans", "stat", "k").bucket.name == "scans")
        let create = try self.parse(BucketCreateCommand.self, "buckets", "--quiet", "create", "backup")
        #expect(create.common.quiet)
        #expect(create.name == "backup")
    }

    @Test func nothingBehindTheCommandIsMoved() {
        #expect(ArgumentOrder.normalized(["put", "--json", "ls"]) == ["put", "--json", "ls"])
        #expect(ArgumentOrder.normalized(["put", "--", "--json"]) == ["put", "--", "--json"])
        #expect(ArgumentOrder.normalized(["--json"]) == ["--json"])
        #expect(ArgumentOrder.normalized(["--storage"]) == ["--storage"])
    }

    @Test func groupsListWhenNothingElseIsAsked() throws {
        _ = try self.parse(BucketListCommand.self, "buckets")
        #expect(try self.parse(OperationListCommand.self, "operations", "--state", "timed_out").state == .timedOut)
        _ = try self.parse(ConfigShowCommand.self, "config", "--json")
        #expect(
            try self.parse(MetricsShowCommand.self, "metrics", "--watch", "--duration", "5m").duration?.duration
                == .seconds(300)
        )
        #expect(try self.parse(AlertListCommand.self, "alerts", "--state", "firing").state == .firing)
        let record = try self.parse(MetricsRecordCommand.self, "--json", "metrics", "record", "x", "--", "-5")
        #expect(record.value == -5)
        #expect(record.common.json)
    }

    @Test(arguments: [
        ["put"], ["put", "-"], ["put", "-r", "-"], ["put", "a", "--meta", "no value"], ["put", "a", "--meta", "b=ü"],
        ["put", "a", "--content-type", "a\nb"], ["get", "-r", "x"], ["get", "-r", "x", "-"],
        ["get", "x", "-", "--json"],
        ["ls", "-r", "--delimiter", "x"], ["rm"], ["cp", "a"], ["operations", "--state", "dancing"],
        ["metrics", "--format", "csv"], ["metrics", "-o", "x", "--format", "xml"], ["metrics", "-o", ""],
        ["metrics", "-o", "x", "--watch"], ["metrics", "-o", "-", "--json"], ["metrics", "--interval", "5s"],
        ["metrics", "--watch", "--interval", "0.5s"], ["metrics", "--watch", "--duration", "soon"],
        ["metrics", "series"], ["metrics", "series", "x", "--step", "90s"], ["metrics", "record", "x"],
        ["metrics", "record", "x", "nan"], ["metrics", "record", "x", "1e999"], ["metrics", "record", "x", "twelve"],
        ["metrics", "record", "x", "1", "--tag", "a"], ["metrics", "record", "x", "1", "--tag", "a=1", "--tag", "a=2"],
        ["alerts", "--state", "loud"], ["alerts", "--limit", "1001"], ["alerts", "resolve"], ["alerts", "show", ""],
        ["errors", "--severity", "dire"], ["errors", "--limit", "0"], ["errors", "--code", ""],
        ["operations", "--limit", "0"], ["ls", "--set", "novalue"], ["nonsense"], ["buckets", "create"],
    ])
    func whatMakesNoSenseIsAUsageError(_ arguments: [String]) {
        #expect {
            _ = try PurserCommand.parseAsRoot(ArgumentOrder.normalized(arguments))
        } throws: { error in
            PurserCommand.exitCode(for: error) == .validationFailure
        }
    }

    @Test func settingsKeepEverythingBehindTheFirstEqualsSign() throws {
        let list = try self.parse(ListCommand.self, "ls", "--set", "a.b=c=d", "--set", "e=")
        #expect(list.common.settings.map(\.key) == ["a.b", "e"])
        #expect(list.common.settings.map(\.value) == ["c=d", ""])
    }

    @Test func serveTurnsItsOptionsIntoSettings() throws {
        let serve = try self.parse(ServeCommand.self, "serve", "--host", "::1", "--port", "0", "--allow-anonymous")
        #expect(
            serve.flags == ["server.host": "::1", "server.port": "0", "server.allow_anonymous": "true"]
        )
        #expect(try self.parse(ServeCommand.self, "serve").flags.isEmpty)
    }

    @Test func aFileIsPutUnderItsOwnNameUnlessTold() throws {
        #expect(try self.parse(PutCommand.self, "put", "some/where/a.pdf").key() == "a.pdf")
        #expect(try self.parse(PutCommand.self, "put", "some/a.pdf", "b").key() == "b")
        #expect(try self.parse(PutCommand.self, "put", "some/a.pdf", "b/").key() == "b/a.pdf")
        #expect(try self.parse(PutCommand.self, "put", "-", "b/").key() == "b/")
        #expect(throws: CommandError.self) { try self.parse(PutCommand.self, "put", "..").key() }
    }

    @Test func aCopyIntoAFolderKeepsItsName() throws {
        #expect(try self.parse(CopyCommand.self, "cp", "x/a.pdf", "y/").key == "y/a.pdf")
        #expect(try self.parse(CopyCommand.self, "cp", "x/a.pdf", "y").key == "y")
    }

    @Test func everyCommandHasAnAbstract() {
        var commands: [any ParsableCommand.Type] = [PurserCommand.self]
        while let command = commands.popLast() {
            #expect(!command.configuration.abstract.isEmpty, "\(command)")
            commands += command.configuration.subcommands
        }
    }
}
