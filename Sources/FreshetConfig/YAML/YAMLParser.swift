import CLibyaml

/// Owns one libyaml parser and the bytes that it reads.
///
/// libyaml keeps pointers to both (its read handler points at the parser itself), so they live on the heap at an
/// address that does not change, and go together.
final class YAMLParser {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    /// `yaml_parser_initialize` fails only for want of memory.
    private let isReady: Bool

    init(_ bytes: some Collection<UInt8>) {
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        isReady = yaml_parser_initialize(parser) == 1
        guard isReady else { return }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        if isReady { yaml_parser_delete(parser) }
        parser.deinitialize(count: 1)
        parser.deallocate()
        input.deallocate()
    }

    /// After `streamEnd` and `broken` nothing more may be asked for.
    func next() -> YAMLEvent {
        guard isReady else {
            return .broken(YAMLFault(line: 1, column: 1, problem: "no memory for the parser", context: nil))
        }
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { return .broken(fault()) }
            defer { yaml_event_delete(&event) }
            if let kind = Self.kind(event) { return .token(kind, Self.mark(event)) }
        }
    }

    /// nil for what says nothing about the content.
    private static func kind(_ event: yaml_event_t) -> YAMLEvent.Kind? {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_SCALAR_EVENT:
            .scalar(
                text(event.data.scalar.value, event.data.scalar.length),
                plain: event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        case YAML_SEQUENCE_START_EVENT: .sequenceStart
        case YAML_SEQUENCE_END_EVENT: .sequenceEnd
        case YAML_MAPPING_START_EVENT: .mappingStart
        case YAML_MAPPING_END_EVENT: .mappingEnd
        case YAML_ALIAS_EVENT: .alias(text(event.data.alias.anchor) ?? "")
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: .streamEnd
        default: nil
        }
    }

    private static func mark(_ event: yaml_event_t) -> YAMLEvent.Mark {
        var mark = YAMLEvent.Mark(
            line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1, anchor: nil, tag: nil)
        switch event.type {
        case YAML_SCALAR_EVENT:
            mark.anchor = text(event.data.scalar.anchor)
            mark.tag = text(event.data.scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            mark.anchor = text(event.data.sequence_start.anchor)
            mark.tag = text(event.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT:
            mark.anchor = text(event.data.mapping_start.anchor)
            mark.tag = text(event.data.mapping_start.tag)
        default: break
        }
        return mark
    }

    private func fault() -> YAMLFault {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "the parser gave no reason"
        if state.error == YAML_READER_ERROR {
            // The reader knows only how many bytes went before.
            let before = input.prefix(Int(state.problem_offset))
            return YAMLFault(line: before.count { $0 == 0x0a } + 1, column: 1, problem: problem, context: nil)
        }
        let context = state.context.map { (String(cString: $0), Int(state.context_mark.line) + 1) }
        return YAMLFault(
            line: Int(state.problem_mark.line) + 1, column: Int(state.problem_mark.column) + 1, problem: problem,
            context: context)
    }

    private static func text(_ start: UnsafeMutablePointer<yaml_char_t>?, _ length: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: start, count: start == nil ? 0 : length), as: UTF8.self)
    }

    private static func text(_ start: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        start.map { String(cString: $0) }
    }
}
