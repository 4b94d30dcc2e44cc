import TangramDocument
import TangramModels
import Testing

@Suite("Model catalogue")
struct CatalogueTests {
    private func merge(_ text: String) throws -> (ModelCatalogue, [String]) {
        var catalogue = try ModelCatalogue.builtIn()
        let node = try JSONDocument.parse(text.utf8, file: "mine.yaml")
        let collector = DiagnosticCollector(file: "mine.yaml")
        catalogue.merge(Cursor(node, path: "models", collector: collector))
        return (catalogue, collector.sorted.map(\.description))
    }

    @Test("an alias names the same model")
    func aliases() throws {
        let catalogue = try ModelCatalogue.builtIn()
        #expect(catalogue.model("deepseek-r1") == catalogue.model("deepseek-v3"))
        #expect(catalogue.model("deepseek-v9") == nil)
        #expect(catalogue.nearestName(to: "deepseek-v31") != nil)
    }

    @Test("every shipped model names its sources and when they were read")
    func sources() throws {
        for model in try ModelCatalogue.builtIn().models {
            #expect(!model.provenance.sources.isEmpty)
            #expect(model.provenance.retrieved == "2026-11")
        }
    }

    @Test("an entry over a base changes what it names and drops the published figures")
    func base() throws {
        let (catalogue, problems) = try merge(
            """
            [{"id": "short-llama", "base": "llama-3.1-8b", "num_hidden_layers": 16},
             {"id": "shorter", "base": "short-llama", "num_hidden_layers": 8, "name": "Short"}]
            """)
        #expect(problems.isEmpty)
        let model = try #require(catalogue.model("short-llama"))
        #expect(model.layerCount == 16)
        #expect(model.hiddenSize == 4_096)
        #expect(model.provenance.publishedTotal == nil)
        #expect(catalogue.model("shorter")?.layerCount == 8)
        #expect(catalogue.model("shorter")?.name == "Short")
    }

    @Test("an inline configuration adds a model, and one of a known id replaces it")
    func inline() throws {
        let (catalogue, problems) = try merge(
            """
            [{"id": "deepseek-r1", "model_type": "llama", "hidden_size": 64,
              "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
              "vocab_size": 100}]
            """)
        #expect(problems.isEmpty)
        #expect(catalogue.model("deepseek-r1")?.family == "llama")
        #expect(catalogue.model("deepseek-v3")?.family == "deepseek_v3")
    }

    @Test(
        "a wrong entry is reported and the others are read",
        arguments: [
            ("{\"base\": \"llama-3.1-8b\"}", "models[0]: missing key \"id\""),
            ("{\"id\": \"x\", \"base\": \"llama-3.1-8bb\"}", "did you mean \"llama-3.1-8b\"?"),
            ("{\"id\": \"x\", \"base\": \"qwen3-8b\", \"num_layer\": 3}", "unknown key"),
            ("{\"id\": \"x\", \"model_type\": \"llama\"}", "missing key \"hidden_size\""),
            ("{\"id\": \"y\", \"base\": \"qwen3-8b\"}", "two models are named \"y\""),
            ("7", "expected a mapping, found 7"),
        ])
    func wrong(entry: String, message: String) throws {
        let (catalogue, problems) = try merge(
            "[\(entry), {\"id\": \"y\", \"base\": \"qwen3-8b\"}]")
        #expect(problems.contains { $0.contains(message) })
        #expect(catalogue.model("y") != nil)
    }
}
