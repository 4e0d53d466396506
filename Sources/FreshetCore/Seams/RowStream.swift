/// The rows of a large result, page by page, in the memory of one page and from one snapshot.
package protocol RowStream: AnyObject {
    /// The next page; nil at the end.
    func next() async throws(Fault) -> Rows?

    /// Ends it early; nothing is owed after the last page.
    func close()
}
