import CommandKit
import FreshetConfig

extension Invocation {
    /// The settings of `--config`, `FRESHET_CONFIG` or `./freshet.yaml`, with the environment over them. Warnings are
    /// said here, once.
    func loadConfig() throws(ConfigProblems) -> LoadedConfig {
        let config = try ConfigLoader.load(file: text("config"), environment: environment).get()
        for warning in config.warnings { console.say("warning: \(warning)") }
        return config
    }
}
