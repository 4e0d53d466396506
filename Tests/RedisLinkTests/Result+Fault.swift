import FreshetCore

extension Result where Failure == Fault {
    init(_ body: () async throws(Fault) -> Success) async {
        do throws(Fault) { self = .success(try await body()) } catch { self = .failure(error) }
    }
    init(_ body: () throws(Fault) -> Success) {
        do throws(Fault) { self = .success(try body()) } catch { self = .failure(error) }
    }
}

/// Faults are alike when their codes are: the words differ.
func anyWords(_ result: Result<Bool, Fault>) -> Result<Bool, Fault> {
    result.mapError { Fault(.redis, $0.code, "") }
}
