import TangramCost

/// Figures that a table of serving results gives in words.
struct ServingNotes {
    /// Whether steps check drafts.
    var hasDrafts = false
    /// Drafts that every step checks.
    var draftCount: Int?
    /// Whether prompts were random tokens, as InferenceX's are.
    var isRandomText = false
    /// Tokens that a step keeps.
    var keptTokens: Double?
    /// Share of prompt tokens that were cached.
    var cachedShare: Double?
    /// Mean tokens of context in decode.
    var contextTokens: Int?
    /// Seconds per output token that were aimed at.
    var timePerOutputToken: Double?
    /// Whether only decode steps were timed.
    var isDecodeOnly = false
    /// Whether experts were as busy as each other.
    var isBalanced = false
    /// Whether two half batches hide each other's communication.
    var overlapsBatches: Bool?
    /// Whether times are means over a run; medians leave out what its start adds.
    var isMean = false
    /// Whether attention of models with experts ran in groups.
    var hasGroupedAttention = false
    /// Ranks that experts were spread over.
    var expertRanks: Int?
    /// How prefill apart was laid out.
    var prefill: (tensor: Int, expert: Int, isGrouped: Bool, workers: Int)?

    /// Reads the notes of a row and other words of it.
    init(_ texts: [String]) {
        let text = texts.joined(separator: "; ").lowercased()
        isRandomText = text.contains("spec=")
        if text.contains("spec=mtp") || text.contains("mtp") {
            let isNone =
                text.contains("no mtp") || text.contains("unmarked mtp")
                || text.contains("are mtp runs")
            if !isNone {
                hasDrafts = true
                draftCount = Self.number(before: "mtp", after: true, in: text)
            }
        }
        if let steps = Self.value(after: "steps=", in: text) { draftCount = Int(steps) }
        if let share = Self.percent(before: "acceptance", in: text) {
            keptTokens = 1 + share * Double(draftCount ?? 1)
        }
        if let accepted = Self.value(before: "accepted", in: text), accepted < 16 {
            keptTokens = 1 + accepted
        }
        if let range = Self.range(after: "accept length ~", in: text)
            ?? Self.range(after: "accept ~", in: text)
        {
            keptTokens = range
        }
        cachedShare = Self.percent(before: "cache hits", in: text)
        for words in ["kv length ", "seq length "] where contextTokens == nil {
            contextTokens = Self.value(after: words, in: text).map { Int($0) }
        }
        if let speed = Self.range(after: "user speed ", in: text), speed > 0 {
            timePerOutputToken = 1 / speed
        }
        for words in ["at <", "at "] where timePerOutputToken == nil {
            if let limit = Self.value(after: words, in: text), text.contains("ms tpot") {
                timePerOutputToken = limit / 1_000
            }
        }
        isDecodeOnly = text.contains("decode only") || text.contains("offline decode")
        isBalanced =
            text.contains("perfect eplb") || text.contains("balanced")
            || text.contains("forced eplb")
        if text.contains("no tbo") || text.contains("without tbo") {
            overlapsBatches = false
        } else if text.contains("tbo") || text.contains("micro-batch") {
            overlapsBatches = true
        }
        isMean = text.hasPrefix("mean")
        hasGroupedAttention = text.contains("enable_attention_dp true")
        prefill = Self.prefill(text)
        if let ranks = Self.value(after: "; ep", in: text) { expertRanks = Int(ranks) }
    }

    /// The drafts and what is kept of them, as `engine` usually does where the notes do not say; nil
    /// where there are none.
    func speculation(_ engine: ServingEngine) -> Speculation? {
        guard hasDrafts || draftCount != nil || keptTokens != nil else { return nil }
        if let keptTokens {
            let least = max(1, Int((min(keptTokens, 16) - 1).rounded(.up)))
            return Speculation(draftCount: draftCount ?? least, keptTokens: keptTokens)
        }
        // What was chosen for engines is of benchmarks with random tokens, whose drafts fail more often.
        guard isRandomText, draftCount == nil else {
            return Speculation(
                draftCount: draftCount ?? 1, acceptance: Self.usualAcceptance)
        }
        return Speculation(draftCount: engine.draftCount, acceptance: engine.draftAcceptance)
    }

    /// Acceptance of a draft where a row says how many there are and no more; DeepSeek-V3 keeps 85 to
    /// 90 % of its second tokens (arXiv 2412.19437, §5.4.3), engines on other texts fewer.
    private static let usualAcceptance = 0.8

    // MARK: Words

    /// "prefill tp16 ep16 dpa=True workers=2".
    private static func prefill(
        _ text: String
    ) -> (tensor: Int, expert: Int, isGrouped: Bool, workers: Int)? {
        guard let place = text.firstRange(of: "prefill tp") else { return nil }
        let part = String(text[place.lowerBound...].prefix { $0 != ";" })
        guard let tensor = value(after: " tp", in: part),
            let expert = value(after: " ep", in: part),
            let workers = value(after: "workers=", in: part),
            tensor >= 1, expert >= 1, workers >= 1, max(tensor, expert, workers) < 1e6
        else { return nil }
        return (Int(tensor), Int(expert), part.contains("dpa=true"), Int(workers))
    }

    private static func number(before word: String, after: Bool, in text: String) -> Int? {
        guard let range = text.firstRange(of: word) else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isNumber })
    }

    private static func value(after words: String, in text: String) -> Double? {
        guard let range = text.firstRange(of: words) else { return nil }
        let digits = text[range.upperBound...].prefix { $0.isNumber || $0 == "." || $0 == "," }
        return Double(digits.filter { $0 != "," })
    }

    private static func value(before word: String, in text: String) -> Double? {
        guard let range = text.firstRange(of: word) else { return nil }
        var end = text[..<range.lowerBound]
        while end.last == " " { end.removeLast() }
        return Double(String(String(end.reversed().prefix { $0.isNumber || $0 == "." }).reversed()))
    }

    private static func percent(before word: String, in text: String) -> Double? {
        guard let range = text.firstRange(of: word) else { return nil }
        var end = text[..<range.lowerBound]
        while end.last == " " { end.removeLast() }
        guard end.last == "%" else { return nil }
        end.removeLast()
        let digits = String(String(end.reversed().prefix { $0.isNumber || $0 == "." }).reversed())
        return Double(digits).map { $0 / 100 }
    }

    /// The middle of "20-22" after `words`.
    private static func range(after words: String, in text: String) -> Double? {
        guard let place = text.firstRange(of: words) else { return nil }
        let parts = text[place.upperBound...].prefix { $0.isNumber || $0 == "." || $0 == "-" }
            .split(separator: "-").compactMap { Double($0) }
        guard let first = parts.first else { return nil }
        return (first + (parts.dropFirst().first ?? first)) / 2
    }
}
