/// Texts that repeat a million times, each held once.
struct LetterNames: Sendable {
    private var names: [String] = []
    private var numbers: [String: Int32] = [:]

    mutating func number(_ name: String) -> Int32 {
        if let number = numbers[name] { return number }
        let number = Int32(clamping: names.count)
        numbers[name] = number
        names.append(name)
        return number
    }

    func known(_ name: String) -> Int32? { numbers[name] }

    subscript(number: Int32) -> String { names[Int(number)] }
}
