/// A configuration that is right, with where it came from.
package struct LoadedConfig: Sendable {
    package var settings: Settings
    package var effective: EffectiveSettings
    /// Right, but not wise: a secret that everybody can read.
    package var warnings: [ConfigProblem]
    /// nil where there is none and the environment says it all.
    package var file: String?
}
