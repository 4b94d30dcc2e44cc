import TangramUnits
import Testing

@Suite("Quantity parsing")
struct QuantityParsingTests {
    @Test("bits are an eighth of bytes: 400 Gb/s is 50 GB/s")
    func bitsAndBytes() throws {
        #expect(try Bandwidth(parsing: "400 Gb/s") == Bandwidth(parsing: "50 GB/s"))
        #expect(try Bandwidth(parsing: "400 Gb/s") != Bandwidth(parsing: "400 GB/s"))
    }

    @Test("a GiB is 2^30 bytes and a GB 10^9")
    func binaryAndDecimal() throws {
        #expect(try Bytes(parsing: "80 GiB").count == 85_899_345_920)
        #expect(try Bytes(parsing: "80GB").count == 80_000_000_000)
    }

    @Test(
        "a quantity that is written wrong is refused with the reason",
        arguments: [
            ("80", Dimension.bytes, "80 needs a unit, for example 80 GiB"),
            ("989 TFLOP", .flopRate, "\"TFLOP\" is the unit of an amount of work"),
            ("400 Gbps", .bandwidth, "did you mean \"Gb/s\"?"),
            ("fast", .bandwidth, "is not a bandwidth"),
            ("50 gb/s", .bandwidth, "unknown unit \"gb/s\""),
            ("5 GB/s", .bytes, "\"GB/s\" is the unit of a bandwidth"),
            ("nan s", .time, "is not a duration"),
            ("1e999 s", .time, "not a finite number"),
        ])
    func refused(text: String, dimension: Dimension, message: String) {
        let error = #expect(throws: QuantityError.self) { try dimension.parse(text) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    @Test("an E at the start of a unit is a prefix, not an exponent")
    func exaPrefix() throws {
        #expect(try FLOP(parsing: "2EFLOP") == FLOP(2e18))
        #expect(try FLOP(parsing: "2e3 EFLOP") == FLOP(2e21))
    }

    @Test("numbers print with significant digits and grouped thousands")
    func printing() {
        #expect(formatNumber(70_272, digits: 6) == "70,272")
        #expect(formatNumber(0.0123456, digits: 3) == "0.0123")
        #expect(formatNumber(999.96, digits: 4) == "1000")
        #expect(formatNumber(-0.0001, decimals: 2) == "0.00")
        #expect(Seconds(0.0123).description == "12.3 ms")
        #expect(Bytes.gibibytes(80).description == "80 GiB")
    }
}
