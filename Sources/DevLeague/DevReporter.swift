import CommandKit

/// Shows the run: a picture that is drawn in place on a terminal, plain lines elsewhere.
final class DevReporter {
    private static let millisecondsBetweenSummaries: Int64 = 5_000

    private let console: Console
    private var screen: DevScreen?
    private var lastStatus: String?
    private var lastSummary: Int64 = 0
    private var hasHinted = false

    var isLive: Bool { console.out.isTerminal }

    init(_ console: Console) { self.console = console }

    /// About ten times a second.
    func show(_ state: DevState) {
        if isLive {
            if screen == nil { screen = DevScreen(console) }
            screen?.draw(state)
            return
        }
        if let status = state.status, status != lastStatus { line(state, status) }
        lastStatus = state.status
        if !state.hints.isEmpty && !hasHinted {
            hasHinted = true
            for hint in state.hints { line(state, "look inside: \(hint)") }
        }
        if state.elapsed - lastSummary >= Self.millisecondsBetweenSummaries {
            lastSummary = state.elapsed
            for summary in DevSummary(state).lines { line(state, summary) }
        }
    }

    /// A scene that was just played.
    func tell(_ played: DevState.Played, _ state: DevState) {
        guard !isLive else { return }
        let scene = played.scene
        line(
            state,
            "\(DevText.padded(scene.label, 9)) \(scene.caption) (\(scene.day)) · \(scene.entity) version "
                + "\(played.version) → \(played.cascade.summary)")
    }

    /// Leaves the terminal as it was; the account follows below.
    func end() {
        screen?.end()
        screen = nil
    }

    func print(_ line: StyledLine) { console.print(line.render(colour: console.usesColour)) }

    private func line(_ state: DevState, _ text: String) { console.print("\(DevText.clock(state.elapsed)) \(text)") }
}
