import FreshetCore

extension WalkScene {
    /// team → matches → table, all of them refreshed; documents are the test's own.
    static func league() -> WalkScene {
        var scene = WalkScene()
        scene.kind("team")
        scene.kind("match")
        scene.kind("table")
        scene.edge("team", "match", ["team:1": ["match:10", "match:11"], "team:2": ["match:11"]])
        scene.edge("match", "table", ["match:10": ["table:100"], "match:11": ["table:100"]])
        return scene
    }

    /// match → tables as `rows` say; the first nine of both have a document.
    static func matches(
        _ rows: [String: [String]], change: Kind.Treatment = .refresh, reach: Kind.Treatment = .refresh
    ) -> WalkScene {
        var scene = WalkScene()
        scene.kind("match", change: change)
        scene.kind("table", reach: reach)
        scene.edge("match", "table", rows)
        for id in 1...9 {
            scene.document("match:\(id)", "m\(id)")
            scene.document("table:\(id)", "t\(id)")
        }
        return scene
    }
}
