import Glibc

/// What the process keeps mapped of its own program and of libraries.
///
/// Starting touches much code that working never needs again: reading YAML and JSON, checks, making TLS contexts. The
/// kernel counts every page of it as the process' memory for good. Given back, those of the working path return, a few
/// at a time, from the page cache, where all of them stay as long as there is room.
package enum ProcessPages {
    /// Once, when a long-lived process has started; the bytes that were mapped there. 0 where `/proc` doesn't tell:
    /// nothing depends on it.
    @discardableResult
    package static func giveBack() -> Int {
        guard let file = fopen("/proc/self/maps", "re") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 4_096)
        var total = 0
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard let range = codeRange(text), let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound),
                madvise(start, range.count, MADV_DONTNEED) == 0
            else { continue }
            total += range.count
        }
        return total
    }

    /// Of a line as `55d0c000-55d0f000 r-xp 00001000 08:01 1234  /usr/bin/freshet`: addresses whose pages are the
    /// file's, so that nothing is lost. Code is, and what stands before it in the file; any other part that can't be
    /// written may have been when the dynamic linker put its addresses in.
    static func codeRange(_ line: String) -> Range<UInt>? {
        let words = line.split(maxSplits: 5, whereSeparator: \.isWhitespace)
        guard words.count == 6, words[5].drop(while: \.isWhitespace).hasPrefix("/"),
            words[1] == "r-xp" || words[1] == "r--p" && words[2].allSatisfy({ $0 == "0" })
        else { return nil }
        let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard ends.count == 2, ends[0] < ends[1] else { return nil }
        return ends[0]..<ends[1]
    }
}
