import FreshetCore
import Testing

@Suite struct EntityNameTests {
    private let graph = SampleGraph.graph

    @Test(arguments: [
        ("team:12", "v1:team:12"), ("team:-3", "v1:team:-3"), ("stock:5:7", "v1:stock:5:7"),
        ("page:a:b", "v1:page:a%3ab"), ("page:a%3Ab", "v1:page:a%3ab"), ("page:100%25", "v1:page:100%25"),
        (
            "label:en:0a000000-0000-0001-0000-000000000002:x%3Ay",
            "v1:label:en:0a000000-0000-0001-0000-000000000002:x%3ay"
        ),
    ])
    func parsed(_ text: String, _ key: String) throws {
        var pool = TextPool()
        let entity = try EntityName.parse(text, graph, pool: &pool)
        #expect(SampleGraph.key(entity, pool: pool) == key)
        // What is written can be read again.
        let again = try EntityName.parse(EntityName.write(entity, graph, pool: pool), graph, pool: &pool)
        #expect(again == entity)
    }

    @Test(arguments: [
        ("taem:12", Rejection(.unknownKind, "there is no kind `taem` in the graph")),
        ("team", Rejection(.invalidID, "`team` has no id; write team:ID")),
        (
            "stock:5",
            Rejection(
                .invalidID,
                "`stock:5` has 1 of the 2 parts of its id; write "
                    + "stock:PRODUCT_ID:WAREHOUSE_ID")
        ),
        ("page:a%zz", Rejection(.invalidID, "`a%zz` holds a % that is not followed by two hexadecimal digits")),
        ("page:a%2", Rejection(.invalidID, "`a%2` holds a % that is not followed by two hexadecimal digits")),
        ("page:%1f", Rejection(.invalidID, "`slug` of kind page: \"\u{FFFD}\" contains a control character")),
        ("team:1:2", Rejection(.invalidID, "`id` of kind team: \"1:2\" is no canonical 64-bit integer")),
    ])
    func refused(_ text: String, _ rejection: Rejection) {
        var pool = TextPool()
        #expect(throws: rejection) { try EntityName.parse(text, graph, pool: &pool) }
    }
}
