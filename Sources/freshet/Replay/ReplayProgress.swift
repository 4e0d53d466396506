import CommandKit

/// A replay's two parts, of which each window has both: reading records, and touching the keys that they name. Each
/// has a pace and a time of its own, so a bar for both together would promise what nobody knows.
struct ReplayProgress {
    private let stream: OutputStream
    private var reading: Progress
    /// nil while records are read.
    private var applying: Progress?

    init(records: Int64, on stream: OutputStream) {
        self.stream = stream
        reading = Progress("replay: reading", total: records, unit: "records", on: stream)
    }

    mutating func read(_ records: Int) {
        applying?.finish()
        applying = nil
        reading.advance(by: Int64(records))
    }

    /// `known`: keys that there are as far as dependants have been found.
    mutating func applied(_ keys: Int, of known: Int) {
        var bar = applying ?? Progress("replay: applying", total: Int64(known), unit: "keys", on: stream)
        bar.expect(Int64(known))
        bar.advance(by: Int64(keys))
        applying = bar
    }

    mutating func finish() {
        applying?.finish()
        reading.finish()
    }
}
