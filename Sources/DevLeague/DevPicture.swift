/// The live view as lines: pure, so that a test can read it.
struct DevPicture {
    let state: DevState
    let width: Int
    let height: Int

    /// From this width on, two columns.
    static let wide = 96

    func lines() -> [StyledLine] {
        let head = [title, rule]
        let foot = [rule, progress] + state.hints.map { StyledLine("  \($0)", .dim) }
        let room = max(6, height - head.count - foot.count - 1)
        let body = width >= Self.wide ? columns(room) : stack(room)
        return (head + body.prefix(room) + foot).map { $0.cut(to: width) }
    }

    private var title: StyledLine {
        let left = StyledLine(" freshet dev", .title).adding("  \(state.season)", .bold)
        let right = state.recent.last?.scene.day ?? state.status ?? ""
        let gap = max(2, width - left.width - right.count - 1)
        return left.adding(String(repeating: " ", count: gap)).adding(right, .bold)
    }

    private var rule: StyledLine { StyledLine(String(repeating: "─", count: width), .dim) }

    private var progress: StyledLine {
        let text = "  \(state.played) of \(state.scenes) scenes · \(DevText.clock(state.elapsed)) · seed \(state.seed)"
        let more = state.status.map { " · \($0)" } ?? ""
        let room = min(40, max(10, width - text.count - more.count - 3))
        let filled = state.scenes == 0 ? 0 : room * min(state.played, state.scenes) / state.scenes
        return StyledLine(" ").adding(String(repeating: "━", count: filled), .good)
            .adding(String(repeating: "━", count: room - filled), .dim).adding(text).adding(more, .notice)
    }

    private func columns(_ room: Int) -> [StyledLine] {
        let left = story(room)
        let right = table + [StyledLine()] + numbers
        let half = max(52, width * 55 / 100)
        return (0..<max(left.count, right.count)).map { index in
            let line = (index < left.count ? left[index] : StyledLine()).fitted(to: half)
            return line.adding("  ") + (index < right.count ? right[index] : StyledLine())
        }
    }

    private func stack(_ room: Int) -> [StyledLine] {
        let lower = numbers + [StyledLine()] + table
        return story(max(6, room - lower.count - 1)) + [StyledLine()] + lower
    }

    /// The last scene with its cascade, and what came before.
    private func story(_ room: Int) -> [StyledLine] {
        guard let last = state.recent.last else { return [StyledLine("  \(state.status ?? "")", .notice)] }
        var lines = [
            Self.caption(last.scene, .bold),
            StyledLine("  \(last.scene.eventType)  \(last.scene.entity)  version \(last.version)", .dim),
        ]
        let before = state.recent.dropLast().reversed()
        let shown = min(before.count, 6)
        let tree = last.cascade.lines(limit: max(3, room - lines.count - shown - 2))
        lines += tree.map { StyledLine("  ") + $0 }
        // A steady place for what follows: small cascades are the most frequent.
        while lines.count < min(7, room - shown - 1) { lines.append(StyledLine()) }
        lines.append(StyledLine())
        lines += before.prefix(shown).map { played in
            Self.caption(played.scene, .plain).adding("  \(played.cascade.nodes.count) keys", .dim)
        }
        return lines
    }

    private static func caption(_ scene: LeagueScene, _ style: StyledLine.Style) -> StyledLine {
        let label = DevText.padded(scene.label, 10)
        let colour: StyledLine.Style
        switch scene.what {
        case .goal: colour = .good
        case .adjustment: colour = .bad
        case .roundStarts, .roundEnds: colour = .notice
        default: colour = .dim
        }
        return StyledLine("  \(label) ", colour).adding(scene.caption, style)
    }

    private var table: [StyledLine] {
        var lines = [StyledLine("Standings", .bold).adding("  GET v1:standings:\(LeagueSeason.id)", .dim)]
        if state.standings.isEmpty { lines.append(StyledLine("  not in the cache just now", .dim)) }
        for row in state.standings {
            lines.append(
                StyledLine(" \(row.position) ", .dim).adding(DevText.padded(LeagueScene.short(row.team), 22))
                    .adding(DevText.right(row.played, 4), .dim)
                    .adding(DevText.right((row.goalDifference > 0 ? "+" : "") + String(row.goalDifference), 5), .dim)
                    .adding(DevText.right(row.points, 5), .bold))
        }
        return lines
    }

    private var numbers: [StyledLine] {
        let numbers = state.numbers
        var freshness = StyledLine("Freshness  ", .bold)
        if let times = numbers.freshness {
            freshness.add("p50 \(DevText.time(times.p50))", .good)
            freshness.add("  p99 \(DevText.time(times.p99))", .good)
            freshness.add("  worst \(DevText.time(times.largest))", .dim)
        } else {
            freshness.add("no event yet", .dim)
        }
        var records = StyledLine("Records    ", .bold).adding("\(state.produced) sent")
        for outcome in numbers.outcomes where outcome.count > 0 || outcome.name == "applied" {
            records.add(" · \(outcome.count) \(outcome.name)", outcome.name == "dead-lettered" ? .bad : .plain)
        }
        let keys = StyledLine("Keys       ", .bold).adding(
            "\(numbers.refreshed) refreshed · \(numbers.invalidated) invalidated"
        )
        .adding(numbers.refused > 0 ? " · \(numbers.refused) refused" : "")
        return [freshness, records, keys]
    }
}
