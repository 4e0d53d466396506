/// The files under `schemas/redis`, which readers of other languages load as they are.
enum Script: Int, CaseIterable {
    case ticket, apply, applyWhenFull, look, establish, revise, lease, fill, pending, limit, forget

    var source: [UInt8] {
        switch self {
        case .ticket: PackageResources.ticket_lua
        case .apply: PackageResources.apply_lua
        case .applyWhenFull: Self.allowed(PackageResources.apply_lua)
        case .look: PackageResources.look_lua
        case .establish: PackageResources.establish_lua
        case .revise: PackageResources.revise_lua
        case .lease: PackageResources.lease_lua
        case .fill: PackageResources.fill_lua
        case .pending: PackageResources.pending_lua
        case .limit: PackageResources.limit_lua
        case .forget: PackageResources.forget_lua
        }
    }

    /// The same script, which Redis also runs when it is full.
    private static func allowed(_ source: [UInt8]) -> [UInt8] {
        let first = source.firstIndex(of: UInt8(ascii: "\n")) ?? source.endIndex
        return source[..<first] + Array(" flags=allow-oom".utf8) + source[first...]
    }
}
