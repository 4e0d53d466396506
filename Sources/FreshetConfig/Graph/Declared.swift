import FreshetCore

/// The graph file as it was read, setting by setting; not yet checked as a whole.
struct DeclaredGraph {
    var place: Place
    var namespace = Graph.Namespace()
    var bounds = Graph.Bounds()
    var boundsPlace: Place
    var kinds: [DeclaredKind] = []
    var edges: [DeclaredEdge] = []
    var topics: [DeclaredTopic] = []
}

struct DeclaredKind {
    var name: String
    var place: Place
    var id: [Kind.IDPart]
    var keys: [DeclaredKey]
    var onChange: Kind.Treatment?
    var onReach: Kind.Treatment?
    var hasVersion: Bool
    var removesAhead = false
    var gate: Kind.Gate?
    var secondSweep: Int64?
    var warm: Located<String>?
    var upkeep: Located<KindUpkeep>?
}

struct DeclaredKey {
    var place: Place
    var template: Located<String>?
    var sql: Located<String>?
    var timeToLive: Int64?
    /// Thousandths of the time to live.
    var jitter: Int?
    var maxValueSize: Int?
}

struct DeclaredEdge {
    enum Resolution {
        case sql(Located<String>)
        case field([String])
        case all
        case pattern(Located<String>)
    }

    enum ReadModel: String, CaseIterable {
        case sameTransaction = "same-transaction"
        case projected
    }

    var place: Place
    var name: Located<String>?
    var from: Located<String>?
    var to: Located<String>?
    /// nil after a problem.
    var resolution: Resolution?
    var stops: Bool
    var remembers: Bool
    var pairs: Located<String>?
    var readModel: ReadModel?
}

struct DeclaredTopic {
    enum Types {
        /// KIND.created, KIND.updated and KIND.deleted of every kind.
        case auto
        case mapped([(type: String, kind: Located<String>, operation: Change.Operation)])
    }

    /// Where the parts of an id stand.
    enum IDPaths {
        case inOrder([[String]])
        case byName([(part: String, place: Place, path: [String])])
    }

    var name: String
    var place: Place
    var format: Topic.Format?
    var events: Topic.Events?
    var unknown: Topic.Unknown
    var kind: Located<String>?
    var types: Types?
    /// In how many ways it says which kind its events are about; one is right.
    var waysToName = 0
    var fields: Topic.Fields
    var id: IDPaths?
    var idPlace: Place
    var maxRecordSize: Int
}
