import FreshetConfig

/// A command line that was understood: what the user said, and what the command needs to answer.
package struct Invocation: Sendable {
    package enum OutputForm: String, Sendable {
        case table
        case json
    }

    /// `["graph", "check"]`
    package var path: [String]
    /// By option name; already checked against the option's form.
    package var values: [String: [String]]
    package var arguments: [String]
    package var environment: [String: String]
    package var console: Console
    package var stop: Stop

    package init(
        path: [String], values: [String: [String]], arguments: [String], environment: [String: String],
        console: Console, stop: Stop
    ) {
        self.path = path
        self.values = values
        self.arguments = arguments
        self.environment = environment
        self.console = console
        self.stop = stop
    }

    package var output: OutputForm { text("output").flatMap(OutputForm.init) ?? .table }
    package var execute: Bool { flag("execute") }
    package var yes: Bool { flag("yes") }

    /// The file of `--config` or `FRESHET_CONFIG`.
    package func config() throws(CommandFailure) -> String {
        if let file = text("config") { return file }
        throw CommandFailure(.usage, "No configuration: give --config FILE or set FRESHET_CONFIG.")
    }

    package func flag(_ name: String) -> Bool { ["true", "1", ""].contains(text(name)) }
    package func text(_ name: String) -> String? { values[name]?.last }
    package func texts(_ name: String) -> [String] { values[name] ?? [] }
    package func integer(_ name: String) -> Int64? { text(name).flatMap { Int64($0) } }
    /// Milliseconds.
    package func duration(_ name: String) -> Int64? { text(name).flatMap { Units.duration($0) } }
    /// Bytes.
    package func size(_ name: String) -> Int? { text(name).flatMap { Units.size($0) } }
    /// Milliseconds since 1970.
    package func datetime(_ name: String) -> Int64? { text(name).flatMap { DateTime.milliseconds($0) } }

    /// Prints a result in the form that was asked for.
    package func show(_ table: @autoclosure () -> Table, json: @autoclosure () -> JSON) {
        switch output {
        case .table: console.print(table().render())
        case .json: console.print(json().render(indented: true))
        }
    }
}
