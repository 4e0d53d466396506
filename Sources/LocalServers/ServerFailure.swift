import Glibc

/// Why a local server could not be started or ended; one sentence with the server's own last words.
package struct ServerFailure: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }

    init(_ what: String, errno code: Int32) {
        self.description = "\(what): \(String(cString: strerror(code)))"
    }
}
