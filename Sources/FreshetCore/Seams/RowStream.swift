/// The rows of a large result, page by page, in the memory of one page and from one snapshot.
package protocol RowStream: AnyObject {
    /// The next page; nil at the end.
    func next() async throws(Fault) -> Rows?

    /// Which PostgreSQL the rows come from: asked where they are read.
    func history() async throws(Fault) -> History

    /// Ends it early; nothing is owed after the last page.
    func close()
}
