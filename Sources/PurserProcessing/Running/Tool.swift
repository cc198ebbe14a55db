/// A program that steps run, from a package of the system.
public struct Tool: Sendable, Hashable {
    /// The name under which it is looked up in `processing.path`, or its absolute path.
    public var program: String
    /// The Debian package that brings it, where it is known.
    public var package: String?
    /// The arguments that make it print its version.
    public var versionArguments: [String]

    /// Names a program.
    public init(_ program: String, package: String? = nil, versionArguments: [String] = ["--version"]) {
        self.program = program
        self.package = package
        self.versionArguments = versionArguments
    }
}
