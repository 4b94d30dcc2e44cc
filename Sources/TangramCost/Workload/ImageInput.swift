/// The images of one prompt.
public struct ImageInput: Hashable, Sendable {
    /// Tokens of all images as the language model sees them, part of the prompt.
    public var tokens: Int
    /// Images that they are of; patches attend within their image.
    public var count: Int

    /// Creates the images of a prompt.
    public init(tokens: Int, count: Int = 1) {
        self.tokens = tokens
        self.count = count
    }
}
