import Glibc

/// Where PostgreSQL's programs are: `$FRESHET_PG_BIN`, else the newest below `/usr/lib/postgresql` (Debian's place, not
/// in PATH), else what `pg_config` in PATH stands beside.
enum PostgresPrograms {
    static func folder() throws(ServerFailure) -> String {
        if let value = getenv("FRESHET_PG_BIN") { return String(cString: value) }
        let root = "/usr/lib/postgresql"
        let versions = TemporaryFolder.list(root).compactMap { Int($0) }.sorted(by: >)
        for version in versions where has("\(root)/\(version)/bin") { return "\(root)/\(version)/bin" }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        for entry in path.split(separator: ":") where has(String(entry)) { return String(entry) }
        throw ServerFailure(
            "PostgreSQL's programs were not found: install postgresql (Debian: apt-get install postgresql), or set "
                + "FRESHET_PG_BIN to the folder of initdb and postgres")
    }

    private static func has(_ folder: String) -> Bool {
        access("\(folder)/initdb", X_OK) == 0 && access("\(folder)/postgres", X_OK) == 0
    }
}
