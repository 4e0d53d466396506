import FreshetConfig

/// A command line that was understood: what the user said, and what the command needs to answer.
struct Invocation: Sendable {
    enum OutputForm: String, Sendable {
        case table
        case json
    }

    /// `["graph", "check"]`
    var path: [String]
    /// By option name; already checked against the option's form.
    var values: [String: [String]]
    var arguments: [String]
    var environment: [String: String]
    var console: Console
    var stop: Stop

    var output: OutputForm { text("output").flatMap(OutputForm.init) ?? .table }
    var execute: Bool { flag("execute") }
    var yes: Bool { flag("yes") }

    /// The file of `--config` or `FRESHET_CONFIG`.
    func config() throws(CommandFailure) -> String {
        if let file = text("config") { return file }
        throw CommandFailure(.usage, "No configuration: give --config FILE or set FRESHET_CONFIG.")
    }

    func flag(_ name: String) -> Bool { ["true", "1", ""].contains(text(name)) }
    func text(_ name: String) -> String? { values[name]?.last }
    func texts(_ name: String) -> [String] { values[name] ?? [] }
    func integer(_ name: String) -> Int64? { text(name).flatMap { Int64($0) } }
    /// Milliseconds.
    func duration(_ name: String) -> Int64? { text(name).flatMap { Units.duration($0) } }
    /// Bytes.
    func size(_ name: String) -> Int? { text(name).flatMap { Units.size($0) } }
    /// Milliseconds since 1970.
    func datetime(_ name: String) -> Int64? { text(name).flatMap { DateTime.milliseconds($0) } }

    /// Prints a result in the form that was asked for.
    func show(_ table: @autoclosure () -> Table, json: @autoclosure () -> JSON) {
        switch output {
        case .table: console.print(table().render())
        case .json: console.print(json().render(indented: true))
        }
    }
}
