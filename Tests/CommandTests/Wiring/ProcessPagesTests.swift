import Foundation
import Testing

@testable import Wiring

struct ProcessPagesTests {
    @Test func codeAndWhatStandsBeforeItAreTheFiles() {
        let code = "55d0c000-55d0f000 r-xp 00001000 08:01 1234                       /usr/bin/fresh et\n"
        #expect(ProcessPages.codeRange(code) == 0x55d0_c000..<0x55d0_f000)
        let first = "7f00-8f00 r--p 00000000 08:01 1234    /lib/libc.so.6"
        #expect(ProcessPages.codeRange(first) == 0x7f00..<0x8f00)
    }

    /// Giving back what was ever written would lose it.
    @Test(arguments: [
        "55d0c000-55d0f000 rw-p 00001000 08:01 1234   /usr/bin/freshet",
        "55d0c000-55d0f000 rwxp 00000000 08:01 1234   /usr/bin/freshet",
        // What the dynamic linker protected after it had written.
        "55d0c000-55d0f000 r--p 01ad4000 08:01 1234   /usr/bin/freshet",
        "55d0c000-55d0f000 r-xs 00001000 08:01 1234   /usr/bin/freshet",
        "7ffc0000-7ffc2000 r-xp 00000000 00:00 0      [vdso]", "7ffc0000-7ffc2000 r--p 00000000 00:00 0",
        "55d0f000-55d0c000 r-xp 00001000 08:01 1234   /usr/bin/freshet", "", "what is this",
    ]) func nothingElseIs(line: String) {
        #expect(ProcessPages.codeRange(line) == nil)
    }

    /// The test's own process gives back its code, less of it is mapped, and it goes on.
    @Test func thisProcessGoesOn() throws {
        // Only sanitizers and the like put anything but files there.
        #expect(ProcessPages.giveBack() > 1 << 20)
        #expect("a b".split(separator: " ").map(String.init) == ["a", "b"])
        #expect(try JSONDecoder().decode([Int].self, from: Data("[1]".utf8)) == [1])
    }
}
