/// Sizes and colours of a picture; lengths are in SVG units, which are pixels at 100 %.
enum PictureStyle {
    /// Width of the picture.
    static let width = 980
    /// Empty border.
    static let margin = 24
    /// Width between the borders: 32 nodes of 8 accelerators side by side.
    static let innerWidth = width - 2 * margin
    /// Size of most text.
    static let fontSize = 12

    /// Colours of jobs. All are of middle lightness, to stand out on white and on black.
    static let jobColours = [
        "#4c78d8", "#e8833a", "#3fa35b", "#d1495b", "#8e6cc9", "#17a2b8", "#c9a227", "#d46bb0",
        "#8a6d4b", "#86b817", "#5f86a3", "#2ec4a6",
    ]
    /// Index of the colour of training jobs that have none of their own.
    static let otherTraining = jobColours.count
    /// Index of the colour of serving jobs that have none of their own.
    static let otherServing = jobColours.count + 1
    private static let otherColours = ["#a3a9b1", "#737b86"]

    /// The style sheet. Viewers without media queries show the light one, on its own ground.
    static let sheet: String = {
        var lines = [
            "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
                + "font-size:\(fontSize)px}",
            ".h{font-size:18px}.b{font-weight:600}",
            ".bg{fill:#ffffff}.t{fill:#1f2328}.d{fill:#59636e}.g{fill:#e4e8ed}",
            ".e{fill:none;stroke:#b4bcc6}.w{fill:#b7791f}.x{fill:none;stroke:#d1495b}",
            ".l{fill:none;stroke:#d5dae0}",
            ".o{fill:none;stroke-width:9;stroke-linecap:round}.q{stroke:none}",
        ]
        for (index, colour) in (jobColours + otherColours).enumerated() {
            lines.append(".j\(index){fill:\(colour);stroke:\(colour)}")
        }
        // After the colours of jobs, so that it wins over their fill.
        lines.append("path.o{fill:none}path.q{stroke:none}")
        lines.append("@media (prefers-color-scheme:dark){")
        lines.append(".bg{fill:#0d1117}.t{fill:#e6edf3}.d{fill:#9198a1}.g{fill:#262c36}")
        lines.append(".e{stroke:#4c5561}.w{fill:#d9a23b}.l{stroke:#30363d}")
        lines.append("}")
        return "<style>\n" + lines.joined(separator: "\n") + "\n</style>\n"
    }()
}
