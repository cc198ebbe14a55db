import Testing

@testable import PurserCLI

@Suite("What transfers leave out")
struct ExcludePatternTests {
    private func excludes(_ pattern: String, _ path: String) throws -> Bool {
        Exclusion(patterns: [try ExcludePattern(pattern)]).coversFile(path)
    }

    @Test(arguments: [
        ("*.tmp", "a.tmp"), ("*.tmp", "x/y/a.tmp"), ("*.tmp", "x.tmp/a"), ("a", "x/a"), ("a", "a/b/c"), ("?", "x/ü"),
        ("/a", "a"), ("/a/*/c", "a/b/c"), ("/x/a", "x/a/b"), ("x/a", "y/x/a"), ("x/a", "x/a"), (".git/", ".git/config"),
        ("cache/", "x/cache/y"), ("**/a", "a"), ("**/a", "x/y/a"), ("a/**", "a/b/c"), ("/a/**/z", "a/b/c/z"),
        ("x/***", "x/y"), ("[a-c]1", "b1"), ("[!a-c]1", "d1"), ("[^a]", "b"), ("[]]", "]"), ("[a-]", "-"),
        ("\\*", "*"), ("a\\?", "x/a?"), ("**", "x/y"), ("a*b*c", "aXbYc"), ("***", "x"),
    ])
    func aPatternMatchesAsUsersOfRsyncExpect(_ pattern: String, _ path: String) throws {
        #expect(try self.excludes(pattern, path))
    }

    @Test(arguments: [
        ("*.tmp", "a.tmpx"), ("*.tmp", "tmp"), ("/a", "x/a"), ("/a", "ab"), ("x/a", "yx/a"), ("x/a", "x/b/a"),
        ("/a/*/c", "a/b/b/c"), ("/a/?/c", "a//c"), ("cache/", "cache"), ("cache/", "x/cache"), ("x/***", "x"),
        ("[a-c]1", "d1"), ("[!a]b", "/b"), ("?", "ab"), ("a", "A"), ("\\*", "a"), ("/a/**/z", "a/z/b"), ("a?", "a/"),
        ("**/a", "ba"),
    ])
    func aPatternMatchesNothingElse(_ pattern: String, _ path: String) throws {
        #expect(try !self.excludes(pattern, path))
    }

    @Test(arguments: ["", "/", "//", "[a", "a\\", "[z-a]", "[[:alpha:]]"])
    func aPatternThatCannotBeReadIsRefused(_ pattern: String) {
        #expect(throws: (any Error).self) { try ExcludePattern(pattern) }
    }

    @Test(.timeLimit(.minutes(1)))
    func manyWildcardsTakeNoLonger() throws {
        let pattern = String(repeating: "*a", count: 50) + "b"
        #expect(try !self.excludes(pattern, String(repeating: "a", count: 5_000)))
    }
}
