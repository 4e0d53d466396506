import FreshetCore

/// What upkeep stands on: connections of its own, so that no event waits for it.
package struct UpkeepParts {
    package var cache: any FencedCache
    package var models: any ReadModels
    /// The ids that a kind's warm-sql lists, in pages of `UpkeepSettings.pageEntities` at most.
    package var ids: (KindIndex) throws(Fault) -> any RowStream
    /// nil: time alone tells what is on its way.
    package var announcements: (any Announcements)?

    package init(
        cache: any FencedCache, models: any ReadModels, ids: @escaping (KindIndex) throws(Fault) -> any RowStream,
        announcements: (any Announcements)?
    ) {
        self.cache = cache
        self.models = models
        self.ids = ids
        self.announcements = announcements
    }
}
