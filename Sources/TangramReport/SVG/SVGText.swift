/// Text inside an SVG file.
enum SVGText {
    /// `text` as XML character data or the value of an attribute: markup is escaped, and what
    /// XML 1.0 forbids (section 2.2: control characters, U+FFFE, U+FFFF) is a space.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default:
                let isForbidden =
                    scalar.properties.generalCategory == .control || scalar.value == 0xFFFE
                    || scalar.value == 0xFFFF
                result.unicodeScalars.append(isForbidden ? " " : scalar)
            }
        }
        return result
    }

    /// A guess of how wide `text` is in a sans-serif font of `size`. Nothing here knows the font,
    /// so it is a little wide on purpose.
    static func width(_ text: String, size: Int) -> Int {
        (text.columnWidth * size * 56 + 99) / 100
    }

    /// `text`, or as much of its start as is no wider than `limit`, with an ellipsis.
    static func cut(_ text: String, to limit: Int, size: Int) -> String {
        guard width(text, size: size) > limit else { return text }
        var result = ""
        for character in text {
            guard width(result + String(character) + "…", size: size) <= limit else { break }
            result.append(character)
        }
        return result + "…"
    }

    /// A line of text; `x` is its start, or its end where it is `isRight`.
    static func line(
        _ text: String, x: Int, y: Int, classes: String, isRight: Bool = false
    ) -> String {
        "<text class=\"\(classes)\" x=\"\(x)\" y=\"\(y)\""
            + (isRight ? " text-anchor=\"end\"" : "") + ">\(escape(text))</text>\n"
    }
}

/// A piece of a picture, drawn from the origin down.
struct SVGFragment {
    /// The elements.
    var text = ""
    /// How far down they reach.
    var height = 0

    /// Puts `other` below, `gap` away.
    mutating func append(_ other: SVGFragment, gap: Int = 0) {
        guard other.height > 0 else { return }
        let top = height == 0 ? 0 : height + gap
        text += top == 0 ? other.text : "<g transform=\"translate(0 \(top))\">\n\(other.text)</g>\n"
        height = top + other.height
    }
}
