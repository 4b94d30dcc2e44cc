/// Sizes that divide or double.
enum Divisors {
    /// The divisors of `number`, ascending.
    static func all(of number: Int) -> [Int] {
        guard number > 0 else { return [] }
        var small: [Int] = []
        var large: [Int] = []
        var candidate = 1
        while candidate <= number / candidate {
            if number % candidate == 0 {
                small.append(candidate)
                if candidate * candidate != number { large.append(number / candidate) }
            }
            candidate += 1
        }
        return small + large.reversed()
    }

    /// 1, 2, 4… up to `limit`.
    static func powersOfTwo(upTo limit: Int) -> [Int] {
        var sizes: [Int] = []
        var size = 1
        while size <= limit {
            sizes.append(size)
            guard size <= limit / 2 else { break }
            size *= 2
        }
        return sizes
    }
}
