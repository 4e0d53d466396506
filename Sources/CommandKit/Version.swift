/// The product's version; it stands in dead letters and metrics too.
package enum Version {
    package static let number = "0.1.0"
}
