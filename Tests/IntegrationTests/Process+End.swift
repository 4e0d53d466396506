import Foundation

extension Process {
    /// Waits for its end; its exit code, or the signal that ended it. Foundation misses the end of a process now and
    /// then, and would wait for it for ever.
    @discardableResult
    func end() -> Int32 {
        while isRunning {
            var found: Int32 = 0
            if waitpid(processIdentifier, &found, WNOHANG) == processIdentifier {
                return found & 0x7f == 0 ? found >> 8 & 0xff : found & 0x7f
            }
            usleep(2_000)
        }
        return terminationStatus
    }
}
