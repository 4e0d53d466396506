import Testing

@testable import RedisLink

@Suite struct ReplyReaderTests {
    private func read(_ text: String, step: Int, maxSize: Int = 1_000) throws -> [RedisReply] {
        let reader = try #require(ReplyReader(maxSize: maxSize))
        var replies: [RedisReply] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: step) {
            try bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { try reader.feed($0) }
            while let reply = try reader.next() { replies.append(reply) }
        }
        return replies
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func repliesMayComeInAnyPieces(step: Int) throws {
        let text =
            "+OK\r\n:-9223372036854775808\r\n$-1\r\n$0\r\n\r\n$5\r\na\r\nbc\r\n*-1\r\n*0\r\n"
            + "*3\r\n:1\r\n*2\r\n$-1\r\n$1\r\nx\r\n-ERR inner\r\n-OOM full\r\n"
        #expect(
            try read(text, step: step) == [
                .status("OK"), .integer(.min), .null, .string([]), .string(Array("a\r\nbc".utf8)), .null, .array([]),
                .array([.integer(1), .array([.null, .string([120])]), .error("ERR inner")]), .error("OOM full"),
            ])
    }

    @Test(arguments: ["?what\r\n", ":12x\r\n", "$-7\r\n", "*99999999999999\r\n", "HTTP/1.1 400 Bad Request\r\n"])
    func whatIsNotRESPIsAViolation(text: String) {
        #expect(throws: ReplyReader.Violation.self) { try read(text, step: 1_000) }
    }

    @Test func nestingIsBounded() {
        let deep = String(repeating: "*1\r\n", count: 20) + ":1\r\n"
        #expect(throws: ReplyReader.Violation.self) { try read(deep, step: 1_000) }
    }

    @Test func oneReplyIsBoundedAndManySmallOnesAreNot() throws {
        #expect(throws: ReplyReader.Violation.self) {
            try read("$2000\r\n" + String(repeating: "x", count: 2_000), step: 100)
        }
        let many = String(repeating: "+PONG\r\n", count: 5_000)
        #expect(try read(many, step: 500).count == 5_000)
    }
}
