/// The files under `schemas/redis`, which readers of other languages load as they are.
enum Script: Int, CaseIterable {
    case ticket, apply, applyWhenFull, look, establish, revise, lease, fill, pending, limit

    var source: [UInt8] {
        switch self {
        case .ticket: PackageResources.ticket_lua
        case .apply: PackageResources.apply_lua
        case .applyWhenFull: PackageResources.apply_oom_lua
        case .look: PackageResources.look_lua
        case .establish: PackageResources.establish_lua
        case .revise: PackageResources.revise_lua
        case .lease: PackageResources.lease_lua
        case .fill: PackageResources.fill_lua
        case .pending: PackageResources.pending_lua
        case .limit: PackageResources.limit_lua
        }
    }
}
