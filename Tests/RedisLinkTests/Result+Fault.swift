import FreshetCore

extension Result where Failure == Fault {
    init(_ body: () async throws(Fault) -> Success) async {
        do throws(Fault) { self = .success(try await body()) } catch { self = .failure(error) }
    }
    init(_ body: () throws(Fault) -> Success) {
        do throws(Fault) { self = .success(try body()) } catch { self = .failure(error) }
    }
}
