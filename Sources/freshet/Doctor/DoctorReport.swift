import CommandKit
import FreshetConfig

/// All that `doctor` found, for people and for programs.
struct DoctorReport: Sendable {
    var checks: [Check]
    /// A server didn't answer.
    var isAway: Bool
    /// Every bound, as it holds.
    var bounds: [EffectiveSettings.Row] = []
    var showsBounds = false

    func count(_ verdict: Check.Verdict) -> Int { checks.count { $0.verdict == verdict } }

    /// `strict`: warnings count as findings.
    func code(strict: Bool) -> ExitCode {
        if isAway { return .unreachable }
        return count(.error) > 0 || (strict && count(.warning) > 0) ? .found : .fine
    }

    var text: String {
        var table = Table([.init("verdict"), .init("check"), .init("what")])
        for check in checks {
            table.add([check.verdict == .ok ? "ok" : check.verdict.rawValue.uppercased(), check.name, check.what])
            if !check.advice.isEmpty { table.add(["", "", "→ \(check.advice)"]) }
        }
        var parts = [table.render()]
        if showsBounds {
            let rows = bounds.map { [$0.setting, $0.value ?? "no bound", $0.origin] }
            parts.append(Table([.init("bound"), .init("value"), .init("origin")], rows: rows).render())
        }
        parts.append(
            "\(checks.count) checks: \(count(.error)) errors, \(count(.warning)) warnings; \(bounds.count) bounds"
                + (showsBounds ? "" : " (--bounds shows them)"))
        return parts.joined(separator: "\n\n")
    }

    var json: JSON {
        let verdict: Check.Verdict = count(.error) > 0 ? .error : count(.warning) > 0 ? .warning : .ok
        return [
            "verdict": .string(verdict.rawValue), "errors": .int(count(.error)), "warnings": .int(count(.warning)),
            "unreachable": .bool(isAway), "checks": .array(checks.map(\.json)),
            "bounds": .object(bounds.map { ($0.setting, .string($0.value)) }),
        ]
    }
}
