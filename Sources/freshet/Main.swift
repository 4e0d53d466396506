import CommandKit
import Foundation
import Glibc

@main
struct Main {
    static func main() async {
        let stop = Stop()
        Signals.install(stop)
        let environment = ProcessInfo.processInfo.environment
        let console = Console.standard(environment: environment)
        console.out.whenBroken { stop.request() }
        let code = await Program.run(
            Array(CommandLine.arguments.dropFirst()), environment: environment, console: console, stop: stop)
        // Not `exit`: a Kafka client that was given up may still be ending on threads of its own, and the libraries'
        // own ends would take their state from under it.
        fflush(nil)
        _exit(code.rawValue)
    }
}
