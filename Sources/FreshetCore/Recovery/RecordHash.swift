/// A record's identity beside its offset: by it a topic that was deleted and created again is told from the old one.
package enum RecordHash {
    package static func of(key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?) -> UInt64 {
        var h: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ bytes: UnsafeRawBufferPointer?) {
            guard let bytes else {
                h = (h ^ 0x1ff) &* 0x0000_0100_0000_01b3
                return
            }
            for byte in bytes { h = (h ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            h = (h ^ 0x2ff) &* 0x0000_0100_0000_01b3
        }
        mix(key)
        mix(value)
        return h
    }

    package static func of(_ record: RecordCopy) -> UInt64 {
        (record.key ?? []).withUnsafeBytes { key in
            (record.value ?? []).withUnsafeBytes { value in
                of(key: record.key == nil ? nil : key, value: record.value == nil ? nil : value)
            }
        }
    }
}
