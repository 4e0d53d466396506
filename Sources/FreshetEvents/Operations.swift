import FreshetCore

/// The words that an `operation` field may hold.
enum Operations {
    private static let upserts = [
        "upsert", "create", "created", "insert", "inserted", "update", "updated", "read", "snapshot", "c", "u", "r",
        "i",
        "C", "U", "R", "I", "INSERT", "UPDATE", "CREATE", "UPSERT", "READ",
    ]
    private static let deletes = ["delete", "deleted", "remove", "removed", "d", "D", "DELETE", "REMOVE"]
    private static let truncates = ["truncate", "truncated", "t", "T", "TRUNCATE"]

    static let names = upserts + deletes + truncates

    /// Of an index into `names`.
    static func meaning(_ index: Int) -> Change.Operation {
        if index < upserts.count { return .upsert }
        return index < upserts.count + deletes.count ? .delete : .truncate
    }
}
