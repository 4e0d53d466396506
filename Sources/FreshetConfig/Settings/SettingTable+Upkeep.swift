extension SettingTable {
    static let doctor: [SettingSpec] = [
        .init(
            "doctor.longest-outage", .duration(60_000...31_536_000_000), "3d",
            "How long workers may be away: `freshet doctor` compares it with the topics' retention"),
        .init(
            "doctor.clock-skew", .duration(10...3_600_000), "1s",
            "Difference between two clocks from which on `freshet doctor` warns"),
    ]
}
