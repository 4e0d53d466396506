/// A fault under way.
struct ChaosTrouble {
    /// Milliseconds until it is mended.
    var lasts: Int
    var isOfWorker = false
    var mend: () throws -> Void = {}
    /// What is made ready for the next one once the workers have recovered.
    var tidy: () throws -> Void = {}
}
