import CommandKit

/// How cost grows: the report of `freshet bench --scale`, by what was varied.
package struct ScaleView {
    struct Point {
        var label: String
        var mode: BenchCase.Mode
        var entry: BenchReport.Entry
    }

    let dimensions: [(name: String, points: [Point])]

    package init(_ report: BenchReport) {
        dimensions = report.plan.dimensions.map { dimension in
            let points = dimension.values.flatMap { value in
                BenchCase.Mode.allCases.compactMap { mode in
                    value.cases[mode].flatMap { report.cases[$0] }
                        .map { Point(label: value.label, mode: mode, entry: $0) }
                }
            }
            return (dimension.name, points)
        }
    }

    package var table: Table {
        var table = Table([
            .init("how cost grows"), .init("", .right), .init("mode"), .init("events/s", .right),
            .init("own CPU", .right), .init("Redis", .right), .init("PostgreSQL", .right), .init("MiB", .right),
            .init("refused", .right),
        ])
        for (name, points) in dimensions {
            for point in points {
                let entry = point.entry
                table.add([
                    name, point.label, point.mode.rawValue, BenchReport.number(entry.rate.median, 0),
                    BenchReport.number(entry.worker.median, 2), BenchReport.number(entry.redis.median, 2),
                    BenchReport.number(entry.postgres.median, 2), BenchReport.number(entry.memory.median, 0),
                    "\(BenchReport.number(entry.refused.median * 100, 1)) %",
                ])
            }
        }
        return table
    }

    var json: JSON {
        .array(
            dimensions.map { name, points in
                .object([
                    ("varied", .string(name)),
                    (
                        "points",
                        .array(
                            points.map { point in
                                .object([
                                    ("value", .string(point.label)), ("mode", .string(point.mode.rawValue)),
                                    ("figures", point.entry.json),
                                ])
                            })
                    ),
                ])
            })
    }
}
