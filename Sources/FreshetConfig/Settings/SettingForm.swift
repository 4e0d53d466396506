/// What a setting's value looks like.
package enum SettingForm: Sendable {
    /// Anything that isn't empty; the word says what is meant: `HOST`.
    case text(String)
    /// `HOST:PORT`, separated by commas.
    case addresses
    case boolean
    case integer(ClosedRange<Int>)
    /// Milliseconds.
    case duration(ClosedRange<Int>)
    /// Bytes.
    case size(ClosedRange<Int>)
    /// Thousandths.
    case percent
    case choice([String])
    /// A path; in a file it is relative to that file, in a variable to the current folder.
    case file
    case secret
    /// A file whose content is the secret of the setting of the same name without `-file`.
    case secretFile
    /// A URL whose password is taken out of it.
    case url
    /// Names and values that are handed on; only in a file.
    case map

    /// The column `unit` of the documentation.
    package var unit: String {
        switch self {
        case .text(let what): what
        case .addresses: "`HOST:PORT`, separated by commas"
        case .boolean: "`true` or `false`"
        case .integer(let range): "number, \(range.lowerBound) to \(range.upperBound)"
        case .duration(let range):
            "duration, \(Units.write(duration: Int64(range.lowerBound))) to "
                + Units.write(duration: Int64(range.upperBound))
        case .size(let range):
            "size, \(Units.write(size: range.lowerBound)) to \(Units.write(size: range.upperBound))"
        case .percent: "percentage, 0% to 100%"
        case .choice(let names): names.map { "`\($0)`" }.joined(separator: ", ")
        case .file: "path"
        case .secret: "secret"
        case .secretFile: "path of a file with the secret"
        case .url: "URL"
        case .map: "names and values"
        }
    }
}
