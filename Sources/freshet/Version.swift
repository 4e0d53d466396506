/// The product's version; it stands in dead letters and metrics too.
enum Version {
    static let number = "0.1.0"
}
