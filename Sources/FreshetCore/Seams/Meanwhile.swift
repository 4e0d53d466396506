/// What the caller of something that takes long would do while it waits for the answer.
package struct Meanwhile {
    /// Readable when there is something to do.
    package let descriptor: Int32
    /// False where there will be nothing more.
    package let act: () async -> Bool

    package init(descriptor: Int32, act: @escaping () async -> Bool) {
        self.descriptor = descriptor
        self.act = act
    }
}
