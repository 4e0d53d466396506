import Testing

@testable import freshet

@Suite struct PlanScanTests {
    @Test(
        arguments: [
            ("(home_id = ANY ('{1,2}'::bigint[]))", nil, ["home_id"]),
            ("((home_id = ANY ('{1}'::bigint[])) AND (day = 'x'::text))", nil, ["home_id", "day"]),
            ("((name)::text = ANY ('{a}'::text[]))", nil, ["name"]),
            ("(m.event_id = e.id)", "m", ["event_id"]),
            ("(m.event_id = e.id)", "e", ["id"]),
            ("(\"Home\" = 1)", nil, []),
            ("(version > 3)", nil, []),
        ] as [(String, String?, [String])])
    func comparedColumns(_ condition: String, _ alias: String?, _ columns: [String]) {
        #expect(PlanScan.comparedColumns(condition, of: alias) == columns)
    }

    @Test func aScanUnderAJoinWantsTheJoinsColumn() {
        let plan = """
            [{"Plan": {"Node Type": "Hash Join", "Hash Cond": "(m.event_id = e.id)", "Plans": [
              {"Node Type": "Seq Scan", "Relation Name": "match", "Alias": "m"},
              {"Node Type": "Hash", "Plans": [
                {"Node Type": "Index Scan", "Relation Name": "event", "Alias": "e", "Index Cond": "(id = 1)"}]}]}}]
            """
        #expect(PlanScan.all(in: plan) == [PlanScan(table: "match", columns: ["event_id"])])
    }

    @Test(arguments: ["", "[]", "{", "[{\"Plan\": 7}]"])
    func whatIsNoPlanHasNone(_ text: String) {
        #expect(PlanScan.all(in: text) == [])
    }
}
